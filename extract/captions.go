package extract

import (
	"slices"

	"campusnews/extract/byline"
)

// captionSign is how a caption ends that says who took the picture: "植树现场。 江屿 摄", "（甲、乙/摄影）".
// A blank or slash must part the name from 摄: 正在拍摄 names nobody.
var captionSign = lazily(`(?:^|[\s。，；：:（(【\[/])([\p{Han}·]{2,8}(?:、[\p{Han}·]{2,8})*)(?:\s+|\s*/\s*)摄影?[）)】\]]?[。.]?$`)

// photographers gives those whom the captions name, each once, in page order.
func photographers(images []Image) []Credit {
	var all []Credit
	for _, i := range images {
		m := captionSign.FindStringSubmatch(i.Caption)
		if m == nil {
			continue
		}
		l := byline.Parse("摄影：" + m[1])
		for _, c := range l.Credits {
			if c.Role == byline.Photographer && !slices.Contains(all, c) {
				all = append(all, c)
			}
		}
	}
	return all
}
