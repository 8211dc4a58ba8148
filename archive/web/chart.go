package web

import (
	"fmt"
	"strings"

	"campusnews/archive"
)

// Charts are SVG made here: bars within tables, whose numbers stand beside them, and one curve. A library that draws in
// the browser would be many times the size of all pages, and draw nothing without scripts.

// A curve is a line over time: how the archive grew.
type curve struct {
	Line, Area    string // paths, in a space of curveWidth × curveHeight
	Width, Height int
	First, Last   string // months
	Top           int    // the number at the upper edge, that of the end
	Points        []archive.Growth
}

// The space that curves are drawn in. It is stretched to the page's width: strokes keep theirs, and words stand outside.
const (
	curveWidth  = 600
	curveHeight = 120
)

// growthCurve draws how many articles the archive had at the end of each month. Its Points are these sums.
func growthCurve(growth []archive.Growth) curve {
	c := curve{Width: curveWidth, Height: curveHeight}
	sum := 0
	for _, g := range growth {
		sum += g.Articles
		c.Points = append(c.Points, archive.Growth{Month: g.Month, Articles: sum})
	}
	if len(c.Points) == 0 {
		return c
	}
	c.First, c.Last, c.Top = c.Points[0].Month, c.Points[len(c.Points)-1].Month, sum
	begin, end := monthNumber(c.First), monthNumber(c.Last)
	var line strings.Builder
	fmt.Fprintf(&line, "M0 %d", curveHeight)
	for _, p := range c.Points {
		x := float64(curveWidth)
		if end > begin {
			x = float64(monthNumber(p.Month)-begin+1) * curveWidth / float64(end-begin+1)
		}
		fmt.Fprintf(&line, "L%.1f %.1f", x, curveHeight-float64(p.Articles)*(curveHeight-4)/float64(max(sum, 1)))
	}
	c.Line = line.String()
	c.Area = c.Line + fmt.Sprintf("L%d %dZ", curveWidth, curveHeight)
	return c
}

// monthNumber counts months; 0 for what is none.
func monthNumber(month string) int {
	var y, m int
	if n, err := fmt.Sscanf(month, "%4d-%2d", &y, &m); n != 2 || err != nil {
		return 0
	}
	return y*12 + m
}
