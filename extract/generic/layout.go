package generic

import "golang.org/x/net/html/atom"

// kinds says how elements take part in the layout, after the HTML standard's
// rendering section (15.3); what is not named is inline.
var kinds = map[atom.Atom]kind{
	atom.Address: boxed, atom.Article: boxed, atom.Aside: boxed, atom.Blockquote: boxed, atom.Body: boxed, atom.Center: boxed,
	atom.Dd: boxed, atom.Details: boxed, atom.Dialog: boxed, atom.Dir: boxed, atom.Div: boxed, atom.Dl: boxed, atom.Dt: boxed,
	atom.Fieldset: boxed, atom.Figcaption: boxed, atom.Figure: boxed, atom.Footer: boxed, atom.Form: boxed,
	atom.H1: boxed, atom.H2: boxed, atom.H3: boxed, atom.H4: boxed, atom.H5: boxed, atom.H6: boxed,
	atom.Header: boxed, atom.Hgroup: boxed, atom.Html: boxed, atom.Legend: boxed, atom.Li: boxed, atom.Main: boxed, atom.Menu: boxed,
	atom.Nav: boxed, atom.Ol: boxed, atom.P: boxed, atom.Pre: boxed, atom.Section: boxed, atom.Summary: boxed, atom.Table: boxed,
	atom.Tbody: boxed, atom.Td: boxed, atom.Tfoot: boxed, atom.Th: boxed, atom.Thead: boxed, atom.Tr: boxed, atom.Ul: boxed,
	atom.Caption: boxed, atom.Option: skipped, atom.Optgroup: skipped, atom.Button: skipped,
	atom.Img: replaced, atom.Video: replaced, atom.Audio: replaced, atom.Embed: replaced, atom.Object: replaced,
	atom.Iframe: replaced, atom.Picture: replaced, atom.Canvas: skipped,
}

// tagHints is what the names of elements say by themselves.
var tagHints = map[atom.Atom]hint{
	atom.Nav: hintNav, atom.Aside: hintSide, atom.Footer: hintFooter, atom.Header: hintHeader,
	atom.Article: hintArticle, atom.Main: hintArticle, atom.Figcaption: hintCaption, atom.Time: hintMeta,
	atom.Dialog: hintPopup, atom.Menu: hintNav,
}
