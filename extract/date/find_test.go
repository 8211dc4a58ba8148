package date

import "testing"

func TestFind(t *testing.T) {
	for _, c := range []struct{ name, in, want, rest string }{
		{"dashes", "发布时间：2016-07-22", "2016-07-22", ""},
		{"seconds", "2020-10-19 17:37:50 作者：", "2020-10-19T17:37:50+08:00", " 作者："},
		{"minutes", "2017-11-03 22:40", "2017-11-03T22:40:00+08:00", ""},
		{"midnight is no time", "2005-11-22 00:00:00 閱讀", "2005-11-22", " 閱讀"},
		{"slashes", "2014/9/8", "2014-09-08", ""},
		{"dots", "2022.11.07", "2022-11-07", ""},
		{"han", "[2016年07月22日]", "2016-07-22", "]"},
		{"han, one digit", "2010年11月9日", "2010-11-09", ""},
		{"han, time", "2017年11月03日 22:40 作者", "2017-11-03T22:40:00+08:00", " 作者"},
		{"han, glued time", "2018年05月29日09:36", "2018-05-29T09:36:00+08:00", ""},
		{"han clock", "2018年5月29日9时36分", "2018-05-29T09:36:00+08:00", ""},
		{"afternoon", "2018年5月29日 下午3:05", "2018-05-29T15:05:00+08:00", ""},
		{"weekday", "2018-05-29 星期二 09:36:01", "2018-05-29T09:36:01+08:00", ""},
		{"blanks around signs", "2016 年 07 月 22 日", "2016-07-22", ""},
		{"nbsp before time", "2022-07-28\u00a017:12:45\u00a0点击", "2022-07-28T17:12:45+08:00", "\u00a0点击"},
		{"full width", "２０１６－０７－２２　０９：３０", "2016-07-22T09:30:00+08:00", ""},
		{"full width digits", "２０１６年７月２２日", "2016-07-22", ""},
		{"count glued to day", "2026-03-098", "2026-03-09", "8"},
		{"long count glued to day", "2026-03-09118", "2026-03-09", "118"},
		{"time glued to day", "2020-10-1917:37:50", "2020-10-19T17:37:50+08:00", ""},
		{"count glued to seconds", "2020-10-19 17:37:50238", "2020-10-19T17:37:50+08:00", "238"},
		{"count glued to year", "2382022-07-17", "2022-07-17", ""},
		{"day above year-month", "26 2026.08", "2026-08-26", ""},
		{"day above year-month, slash", "31 \n2023/10", "2023-10-31", ""},
		{"day glued above year-month", "052016-07 标题", "2016-07-05", " 标题"},
		{"day above han", "05 2016年07月", "2016-07-05", ""},
		{"month-day above year", "03/10 2025", "2025-03-10", ""},
		{"month-day above year, dash", "12-31 2019", "2019-12-31", ""},
		{"month-day glued above year", "10/262012", "2012-10-26", ""},
		{"month-day, han, year", "10月26日 2012", "2012-10-26", ""},
		{"year above month-day", "2024 05-23", "2024-05-23", ""},
		{"year above month-day, slash, time", "2019 12/10 07:57:40", "2019-12-10T07:57:40+08:00", ""},
		{"year glued above month-day", "202405-23", "2024-05-23", ""},
		{"java date", "时间:Jun 30, 2016 8:53:00 AM 录入者", "2016-06-30T08:53:00+08:00", " 录入者"},
		{"java date pm", "Jun 3, 2016 12:53:00 PM", "2016-06-03T12:53:00+08:00", ""},
		{"java toString", "Thu Jun 30 08:53:00 CST 2016", "2016-06-30T08:53:00+08:00", ""},
		{"english", "June 30, 2016", "2016-06-30", ""},
		{"english, day first", "30 Sept. 2016", "2016-09-30", ""},
		{"two-digit year", "16-07-22", "2016-07-22", ""},
		{"two-digit year, old", "99-12-31", "1999-12-31", ""},
		{"american", "07/22/2016", "2016-07-22", ""},
		{"day first, clear", "22/07/2016 10:00", "2016-07-22T10:00:00+08:00", ""},
		{"compact", "发布：20160722", "2016-07-22", ""},
		{"iso, zone", "2016-07-22T09:30:00+08:00", "2016-07-22T09:30:00+08:00", ""},
		{"iso, fraction, Z", "2016-07-22T09:30:00.123Z", "2016-07-22T09:30:00+00:00", ""},
		{"iso, west", "2016-07-22T09:30:00-0500", "2016-07-22T09:30:00-05:00", ""},
		{"impossible time is left", "2016-07-22 25:61", "2016-07-22", " 25:61"},
		{"first of two", "2016-07-22 至 2016-07-25", "2016-07-22", " 至 2016-07-25"},
		{"other numbers before", "第12.5期 3/4 2016-07-22", "2016-07-22", ""},
		{"leap day", "2024-02-29", "2024-02-29", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, ok := Find(c.in)
			if !ok || m.String() != c.want || c.in[m.End:] != c.rest {
				t.Errorf("got %q, rest %q (%v), want %q, rest %q", m, c.in[m.End:], ok, c.want, c.rest)
			}
		})
	}
}

func TestFindNothing(t *testing.T) {
	for _, in := range []string{"", "3小时前", "昨天 10:30", "2016年07月", "2023-02-29", "2016-13-01", "1234-05-06", "07-22", "2016-2017学年", "电话 0731-88877777",
		"2015.9-2016.7", "点击：2016", "版本 1.10.12", "192.168.10.12", "12:30", "13512345678", "2016年7月2210"} {
		if m, ok := Find(in); ok {
			t.Errorf("%q: got %q, want no date", in, m)
		}
	}
}

func TestFindNear(t *testing.T) {
	for _, c := range []struct {
		in   string
		near Hint
		want string
	}{
		{"07-22", Hint{Year: 2016}, "2016-07-22"},
		{"[10月9日]", Hint{Year: 2016}, "2016-10-09"},
		{"12-31", Hint{2024, 1, 2}, "2023-12-31"},
		{"01-02", Hint{2023, 12, 31}, "2024-01-02"},
		{"05/23 标题", Hint{2024, 5, 23}, "2024-05-23"},
		{"05-23 10:30", Hint{Year: 2024}, "2024-05-23T10:30:00+08:00"},
		{"02-29", Hint{Year: 2023}, ""},
		{"07-22", Hint{}, ""},
		{"07-22 2015-01-02", Hint{Year: 2016}, "2015-01-02"},
		{"12.5", Hint{Year: 2016}, ""},
	} {
		m, _ := FindNear(c.in, c.near)
		if m.String() != c.want {
			t.Errorf("%q near %v: got %q, want %q", c.in, c.near, m, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"[2021-11-22]", "2021-11-22"},
		{" 【2021年11月22日】 ", "2021-11-22"},
		{"2021-11-22 12:00", "2021-11-22T12:00:00+08:00"},
		{"Fri, 22 Jul 2016 09:30:00 GMT", "2016-07-22T09:30:00+00:00"},
		{"2021-11-22 星期一", "2021-11-22"},
		{"发布 2021-11-22", ""},
		{"2021-11-22 至今", ""},
		{"", ""},
	} {
		d, ok := Parse(c.in)
		if d.String() != c.want || ok != (c.want != "") {
			t.Errorf("%q: got %q (%v), want %q", c.in, d, ok, c.want)
		}
	}
}

func TestFromURL(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Hint
	}{
		{"https://a.edu.cn/2016/0722/c1a2/page.htm", Hint{2016, 7, 22}},
		{"https://a.edu.cn/_t1082/2022/0717/c17155a414207/page.htm", Hint{2022, 7, 17}},
		{"http://a.edu.cn/art/2015/3/4/art_1_2.html", Hint{2015, 3, 4}},
		{"./202011/t20201116_127753.html", Hint{2020, 11, 16}},
		{"/html/34/2012-08-23/content-240.html", Hint{2012, 8, 23}},
		{"/ywsd/system/2018/01/02/000123.shtml", Hint{2018, 1, 2}},
		{"/news/201607/1234.htm", Hint{2016, 7, 0}},
		{"/2016/list.htm", Hint{2016, 0, 0}},
		{"/info/1002/127015.htm", Hint{}},
		{"/info/2016/127015.htm", Hint{}},
		{"https://2016.a.edu.cn/x.htm?d=2016-01-02", Hint{}},
		{"/04/97/c6a328855/page.htm", Hint{}},
	} {
		if got := FromURL(c.in); got != c.want {
			t.Errorf("%s: got %v, want %v", c.in, got, c.want)
		}
	}
}
