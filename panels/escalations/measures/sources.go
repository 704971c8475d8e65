package measures

import "strings"

// sources are who makes referrals. Trackers write it in words of their own, which might name somebody, so each
// is counted as one of these; the first whose words are found is it.
var sources = []struct{ key, name, words string }{
	{"unknown", "Not known", ""},
	{"disability", "Disability team", `disab|cwd|\m(ld|ldt)\M`},
	{"careers", "Careers service", `career|connexion|prospects`},
	{"sen", "SEN team", `\m(sen|send|ehc|ehcp|ehcps)\M|special educational|inclusion`},
	{"self", "Self or family", `self|famil|parent|mother|father|\mmum\M|\mdad\M|carer|young person|\myp\M`},
	{"health", "Health", `health|\mnhs\M|\m(gp|gps)\M|camhs|\mchc\M|nurs|paediatric|hospital|\micb\M|\mccg\M|doctor`},
	{"education", "Education", `educat|school|college|academy|teacher`},
	{"social_care", "Social care", `social|\mcsc\M|\masc\M|children|leaving care|looked after|\mcla\M|\mlac\M|care leaver|locality|safeguard|mash`},
}

const otherSource = "other"

// sourceOf is SQL for which of them a text of a tracker means.
func sourceOf(column string) string {
	var sql strings.Builder
	sql.WriteString("case when " + column + " = '' then 'unknown'")
	for _, s := range sources[1:] {
		sql.WriteString(" when " + column + " ~* '" + s.words + "' then '" + s.key + "'")
	}
	sql.WriteString(" else '" + otherSource + "' end")
	return sql.String()
}

// sourceRows are the rows of sources, Other and Not known last.
func sourceRows(period) []Row {
	rows := make([]Row, 0, len(sources)+1)
	for _, s := range sources[1:] {
		rows = append(rows, Row{Key: s.key, Name: s.name})
	}
	return append(rows, Row{Key: otherSource, Name: "Other"}, Row{Key: sources[0].key, Name: sources[0].name})
}
