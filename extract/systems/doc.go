// Package systems knows publishing systems as data: how to recognise one from a
// page, how its addresses name an article, and where its pages keep title,
// meta line, body, attachments and list rows. The data are the YAML files
// beside this one; a new system is a new file and touches no Go code.
//
// The package matches rules against a parsed page. What the found elements
// mean is the business of package extract.
//
// # A system's file
//
//	name: vsb                       # the file's name; provenance begins with it
//	title: 博达 Visual SiteBuilder
//	share: 0.47                     # of the sampled schools; frequent systems are tried first
//	recognise:                      # signs; confidence = 1 - Π(1 - weight) of those seen
//	  - {comment: Announced by Visual SiteBuilder, weight: 0.95}
//	  - {source: _sitegray, weight: 0.8}          # address of a script or style sheet
//	  - {script: "_jsq_(", weight: 0.8}           # text of an inline script
//	  - {generator: WordPress, weight: 0.95}      # <meta name=generator>
//	  - {css: [div.v_news_content], weight: 0.7}
//	  - {address: ["**/info/{tree}/{id}.htm"], weight: 0.4}
//	articles:                       # shapes of addresses, see Address; key makes the identity
//	  - {shape: "**/info/{tree}/{id}[_{part}].htm[l]", key: "{**}/news{id}", part: part}
//	lists: ["**/list.jsp?wbtreeid={tree}"]
//	is_article: [...]               # candidates; when one answers, the page is an article
//	is_list: [...]
//	counter:                        # the click counter's two numbers, by group
//	  - {script: '_showDynClicks\("wbnews", (\d+), (\d+)\)', owner: 1, clickid: 2}
//	rules: {article: {...}, list: {...}}
//
// # A rule
//
// Every field of Rules is an ordered list of candidates. The first that answers
// gives the value, and "vsb/title[1]" is its provenance: the second candidate of
// field title in system vsb. A candidate is a selector, or a map with one of
//
//	css: h1.arti_title     elements of the page; pick: first (default), last, innermost, longest, all
//	find: titled           a locator of the engine, see Locators
//	script: 'total=(\d+)'  an RE2 expression over inline scripts
//	url: '/(\d{4})/'       the same over the page's address without scheme
//
// and, to make the value of what was found,
//
//	attr: content          an attribute instead of the text
//	match: '^下一?页'       what the value must match; its first group, if any, becomes the value
//
// A site profile overrides rules with the same type; its candidates are asked
// before the system's.
package systems
