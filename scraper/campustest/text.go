package campustest

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var (
	units    = []string{"机电学院", "材料学院", "数学学院", "外国语学院", "图书馆", "后勤处", "研究生院", "校团委", "湘雅医院", "校友会"}
	acts     = []string{"举行", "召开", "开展", "承办", "参加", "启动", "完成", "总结"}
	things   = []string{"学术报告会", "新生军训", "春季运动会", "教学检查", "科技竞赛", "读书活动", "校庆筹备", "安全演练", "志愿服务", "课程建设"}
	surnames = []string{"赵", "钱", "孙", "李", "周", "吴", "郑", "王"}
	given    = []string{"明", "晓东", "丽", "建国", "雪梅", "一凡", "文博", "静"}
	phrases  = []string{
		"会上，与会代表听取了工作报告，并就下一阶段的任务进行了讨论", "活动得到了师生的积极响应，现场气氛热烈",
		"负责人介绍了项目的背景、进展和存在的问题", "大家表示，要以此为契机，把各项工作落到实处",
		"学校有关部门负责人出席，共有二百余人参加", "经过两天的角逐，来自各学院的队伍分获一、二、三等奖",
		"专家组实地查看了实验室和教学楼，对取得的成绩给予肯定", "据了解，这项工作已经连续开展了多年，影响不断扩大",
	}
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// rng is the article's own source of chance, the same on every call; salt
// tells uses apart.
func rng(a Article, salt uint64) *rand.Rand { return rand.New(rand.NewPCG(uint64(a.ID), salt)) }

// Title is the article's headline; an edit does not change it.
func Title(a Article) string {
	r := rng(a, 1)
	return fmt.Sprintf("%s%s%s（第%d号）", pick(r, units), pick(r, acts), pick(r, things), a.ID)
}

// Author is who the page says wrote it.
func Author(a Article) string {
	r := rng(a, 2)
	return pick(r, surnames) + pick(r, given)
}

// Paragraphs is the body. Each version differs from the one before in one sentence.
func Paragraphs(a Article) []string {
	r := rng(a, 3)
	var out []string
	for range 4 + r.IntN(5) {
		var b strings.Builder
		for range 3 + r.IntN(4) {
			b.WriteString(pick(r, phrases))
			b.WriteString("。")
		}
		out = append(out, b.String())
	}
	out[len(out)-1] += fmt.Sprintf("本文为第%d版。", a.Version)
	return out
}
