package textdiff

// walk finds a shortest way from a to b and tells it in order, in ranges
// [from, to): of a for Equal and Delete, of b for Insert. After maxSteps it gives
// up and calls the rest replaced.
//
// The algorithm is E. W. Myers, "An O(ND) difference algorithm and its variations",
// Algorithmica 1 (1986), the greedy form with the reached ends of each step kept.
func walk(a, b []string, tell func(op Op, from, to int)) {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	tell(Equal, 0, head)
	n, m := len(a)-head-tail, len(b)-head-tail
	script, ok := shortest(a[head:head+n], b[head:head+m])
	if !ok {
		tell(Delete, head, head+n)
		tell(Insert, head, head+m)
	}
	for _, s := range script {
		tell(s.op, head+s.from, head+s.to)
	}
	tell(Equal, len(a)-tail, len(a))
}

type step struct {
	op       Op
	from, to int
}

// shortest gives the steps from a to b in order, and false if there are more than maxSteps changes.
func shortest(a, b []string) ([]step, bool) {
	limit := min(len(a)+len(b), maxSteps)
	ends := make([]int32, 2*limit+3) // ends[limit+1+k] = how far in a the best way on diagonal k has come
	var kept [][]int32               // ends of each step, diagonals -d to d
	for d := 0; d <= limit; d++ {
		for k := -d; k <= d; k += 2 {
			at := limit + 1 + k
			x := ends[at-1] + 1
			if k == -d || (k != d && ends[at-1] < ends[at+1]) {
				x = ends[at+1]
			}
			for y := int(x) - k; int(x) < len(a) && y < len(b) && a[x] == b[y]; y++ {
				x++
			}
			ends[at] = x
			if int(x) >= len(a) && int(x)-k >= len(b) {
				return back(a, b, kept, d), true
			}
		}
		kept = append(kept, append([]int32(nil), ends[limit+1-d:limit+2+d]...))
	}
	return nil, false
}

// back reads the way from the kept ends, last step first, and turns it round.
func back(a, b []string, kept [][]int32, d int) []step {
	var list []step
	x, y := len(a), len(b)
	for ; d > 0; d-- {
		before := kept[d-1] // diagonals -(d-1) to d-1
		end := func(k int) int {
			if k < -(d-1) || k > d-1 {
				return -1
			}
			return int(before[k+d-1])
		}
		k := x - y
		down := k == -d || (k != d && end(k-1) < end(k+1))
		from := k - 1
		if down {
			from = k + 1
		}
		px := end(from)
		py := px - from
		sx, sy := px, py // where the snake after the change begins
		if down {
			sy++
		} else {
			sx++
		}
		if x > sx {
			list = append(list, step{Equal, sx, x})
		}
		if down {
			list = append(list, step{Insert, py, sy})
		} else {
			list = append(list, step{Delete, px, sx})
		}
		x, y = px, py
	}
	if x > 0 {
		list = append(list, step{Equal, 0, x})
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
