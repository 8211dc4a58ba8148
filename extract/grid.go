package extract

import (
	"encoding/json"
	"strings"
)

// gridGroups reads lists that a script draws: VSB's picture grids (people,
// laboratories) leave one hidden link without text for each row,
// <a id="u_u5_1320_a" href="../info/1019/1320.htm">, and name them in arrays,
// var u_u5_id = ["1320", …], u_u5_title = ["曾建潮", …]. Seen at cst.nuc.edu.cn.
func (pg *page) gridGroups() []*group {
	if pg.system == nil {
		return nil
	}
	var groups []*group
	last := ""
	var titles map[string]string
	for _, a := range pg.ix.Anchors {
		component, id, ok := gridID(attr(a, "id"))
		if !ok {
			continue
		}
		address := pg.linkTarget(a)
		_, path, query, ok := splitAddress(address)
		if !ok || !pg.system.ArticleAddress(path, query) {
			continue
		}
		if component != last {
			last, titles = component, pg.gridTitles(component)
			groups = append(groups, &group{parent: a.Parent})
		}
		title := titles[id]
		if title == "" {
			continue // nobody would see the row
		}
		r := row{node: a, link: a, item: Item{URL: address, Title: title, Outside: pg.outside(address)}}
		r.item.Key = pg.itemKey(r.item)
		g := groups[len(groups)-1]
		g.rows = append(g.rows, r)
	}
	return groups
}

// gridID takes "u_u5_1320_a" apart: component "u_u5", article "1320".
func gridID(id string) (component, article string, ok bool) {
	rest, ok := strings.CutSuffix(id, "_a")
	if !ok || !strings.HasPrefix(rest, "u_u") {
		return "", "", false
	}
	i := strings.LastIndexByte(rest, '_')
	component, article = rest[:i], rest[i+1:]
	return component, article, i > len("u_") && article != "" && strings.Trim(article, "0123456789") == ""
}

// gridTitles gives a component's titles by article id.
func (pg *page) gridTitles(component string) map[string]string {
	for _, s := range pg.ix.Scripts {
		ids, titles := scriptArray(s, component+"_id"), scriptArray(s, component+"_title")
		if len(ids) == 0 || len(ids) != len(titles) {
			continue
		}
		byID := make(map[string]string, len(ids))
		for i, id := range ids {
			byID[id] = strings.TrimSpace(titles[i])
		}
		return byID
	}
	return nil
}

// scriptArray reads the strings of "name = [ … ];" in a script; nil if it has none.
func scriptArray(script, name string) []string {
	for range 8 { // a script that names it more often is not VSB's
		_, after, found := strings.Cut(script, name)
		if !found {
			return nil
		}
		script = after
		rest, ok := strings.CutPrefix(strings.TrimLeft(after, " \t\r\n"), "=")
		if !ok {
			continue
		}
		var list []string
		if json.NewDecoder(strings.NewReader(rest)).Decode(&list) == nil {
			return list
		}
	}
	return nil
}
