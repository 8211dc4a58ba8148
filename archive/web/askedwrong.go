package web

import "campusnews/archive/ask"

// askedWrong says what is wrong with a search's words, and what to do.
func askedWrong(lang string, e *ask.Error) string {
	what, why := e.What, e.Hint
	if lang == "zh" {
		if said, ok := askedWrongChinese[e.What]; ok {
			what, why = said, ""
		}
	}
	if e.At > 0 {
		what = text(lang, "search.at", e.At) + what
	}
	if why != "" {
		what += "; " + why
	}
	return what
}

// askedWrongChinese says in Chinese what package ask says in English, with what to do.
var askedWrongChinese = map[string]string{
	"this quotation mark is not closed":                              "引号没有闭合；请补上另一半，或去掉它",
	"this ( is not closed":                                           "括号没有闭合；请补上右括号，或去掉它",
	"this ) closes nothing":                                          "右括号没有对应的左括号；请去掉它，或补上左括号",
	"nothing stands in these parentheses":                            "括号里是空的；请去掉",
	"nothing is to be looked for in this field":                      "冒号后面要紧跟检索词",
	"a field holds for one word":                                     "字段只管一个词；请分别写，如 (标题:先进 OR 标题:集体)",
	"NOT needs a word beside it that must be there":                  "NOT 旁边要有一个必须出现的词，如 报告 NOT 讲座",
	"a minus leaves out the word right behind it, and none is there": "减号排除紧跟其后的词，而后面没有词；要查减号本身请加引号：\"-\"",
	"a word is missing at the end":                                   "末尾缺一个词",
	"OR needs a word before it":                                      "OR 前面缺一个词",
	"OR needs a word behind it":                                      "OR 后面缺一个词",
	"AND needs a word before it":                                     "AND 前面缺一个词",
	"AND needs a word behind it":                                     "AND 后面缺一个词",
	"NOT needs a word behind it":                                     "NOT 后面缺一个词",
}
