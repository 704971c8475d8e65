package agendas

import (
	"strings"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/db"
)

// RulesInForce are the newest version of every rule, in the order of the rules page, those switched
// off included.
func RulesInForce(tx db.Tx) ([]Rule, error) {
	var rules []Rule
	err := tx.Raw(`select * from (select distinct on (key) * from rule order by key, version desc) newest order by position, key`).Scan(&rules).Error
	return rules, err
}

// inForum reports whether a case is one of those a forum follows: of its locality, or any.
func inForum(c tracker.Case, forum panels.Forum) bool {
	return forum.Locality == "" || strings.EqualFold(strings.TrimSpace(c.Locality), forum.Locality)
}
