package tracker

import (
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Visible begins a query on cases that finds only those the transaction's actor may see. A case that was
// merged into another is not among them: the other is.
//
// A clerk sees the whole tracker, which they keep. Anybody else with a seat on a forum that is not a
// board sees the cases of their forum's locality, and those on an agenda their forum has published,
// for as long as the item stands. Whoever works or brings a case sees that case, and a presenter the
// case of an item they present. Nobody else sees any: an administrator and an auditor have no seat
// that reads cases, and a board sees aliases.
//
// Whoever has declared an interest in an item about a case, and has not taken it back, does not see
// that case at all, whatever else would show it to them.
func Visible(tx db.Tx) *gorm.DB {
	query := tx.Model(&Case{}).Where("cases.merged_into is null")
	actor := tx.Actor
	if actor.System != "" {
		return query
	}
	query = query.Where(`not exists (`+interestIn("@person", "cases.id")+`)`, map[string]any{"person": actor.PersonID})
	if actor.MayAnywhere(access.ImportTracker) {
		return query
	}
	if !actor.IsPerson() || !actor.MayAnywhere(access.ReadCases) {
		return query.Where("false")
	}
	forums := []uuid.UUID{uuid.Nil} // a list in SQL is never empty
	localities := []string{""}
	for _, seat := range actor.Seats {
		if seat.Board {
			continue
		}
		forums = append(forums, seat.ForumID)
		if seat.Locality != "" {
			localities = append(localities, strings.ToLower(seat.Locality))
		}
	}
	return query.Where(`(
		(cases.locality <> '' and lower(cases.locality) in @localities)
		or exists (
			select from agenda_item i
			join meeting m on m.id = i.meeting_id
			left join funding_request r on r.id = i.request_id
			where standing_case(coalesce(i.case_id, r.case_id)) = cases.id and i.state = 'listed' and i.number <> '' and m.agenda_version > 0
			  and (m.forum_id in @forums or i.presenter_id = @person))
		or exists (select from case_link l where l.case_id = cases.id and l.person_id = @person))`,
		map[string]any{"localities": localities, "forums": forums, "person": actor.PersonID})
}

// InterestIn is SQL that finds a standing declaration of a person's interest in any item about the young
// person of a case. Both are expressions, like "@person" and "c.id".
func InterestIn(person, ofCase string) string { return interestIn(person, "standing_case("+ofCase+")") }

// interestIn is InterestIn for a case that is known to stand.
func interestIn(person, standing string) string {
	return `select from standing_interest declared
		join agenda_item about on about.id = declared.item_id
		left join funding_request asked on asked.id = about.request_id
		where declared.person_id = ` + person + ` and standing_case(coalesce(about.case_id, asked.case_id)) = ` + standing
}

// ParseCaseReference reads a case number as people write it: "Q1042".
func ParseCaseReference(reference string) (number int64, ok bool) {
	digits, marked := strings.CutPrefix(strings.ToUpper(strings.TrimSpace(reference)), "Q")
	number, err := strconv.ParseInt(digits, 10, 64)
	return number, marked && err == nil && number > 0
}

// CaseFor is the case with this number ("Q1042") if the actor may see it; otherwise it is not found,
// whether or not it exists. The number of a case that was merged leads to the one that stayed.
func CaseFor(tx db.Tx, reference string) (Case, error) {
	var found Case
	if number, ok := ParseCaseReference(reference); ok {
		if err := Visible(tx).Where("cases.id = standing_case((select o.id from cases o where o.number = ?))", number).Limit(1).Find(&found).Error; err != nil {
			return Case{}, err
		}
	}
	if found.ID == uuid.Nil {
		return Case{}, fault.New(fault.NotFound, "There is no case with this number that you may see. Check the number, or ask the forum’s clerk.")
	}
	return found, nil
}

// A CaseFilter narrows a list of cases.
type CaseFilter struct {
	Search   string // a case number, a name or its beginning, or a person reference
	Locality string
	Offset   int
	Limit    int
}

// A CaseList is one page of cases.
type CaseList struct {
	Cases      []Case
	Total      int64
	Localities []string // of all cases the actor may see
}

// ListCases lists the cases the actor may see, by surname and forename.
func ListCases(tx db.Tx, filter CaseFilter) (CaseList, error) {
	if tx.Actor.System == "" {
		if err := tx.Actor.Check(access.ReadCases, uuid.Nil); err != nil {
			return CaseList{}, err
		}
	}
	var list CaseList
	if err := Visible(tx).Where("locality <> ''").Distinct("locality").Order("locality").Pluck("locality", &list.Localities).Error; err != nil {
		return CaseList{}, err
	}
	query := Visible(tx)
	if filter.Locality != "" {
		query = query.Where("cases.locality = ?", filter.Locality)
	}
	query = search(query, filter.Search)
	if err := query.Session(&gorm.Session{}).Count(&list.Total).Error; err != nil {
		return CaseList{}, err
	}
	err := query.Session(&gorm.Session{}).Order("lower(surname), lower(forename), number").Offset(filter.Offset).Limit(filter.Limit).Find(&list.Cases).Error
	return list, err
}

// search asks that each word begins a forename or a surname, or that the whole is a case number or a
// person reference.
func search(query *gorm.DB, text string) *gorm.DB {
	words := strings.Fields(tidy(text))
	if len(words) == 0 {
		return query
	}
	if number, ok := ParseCaseReference(text); ok {
		return query.Where("(cases.number = ? or cases.person_reference = upper(?))", number, strings.Join(words, " "))
	}
	names := make([]string, len(words))
	values := []any{strings.Join(words, " ")}
	for i, word := range words[:min(len(words), 6)] {
		names[i] = `(' ' || forename || ' ' || surname) ilike ?`
		values = append(values, "% "+likeLiteral(strings.Trim(word, ","))+"%")
	}
	return query.Where("(cases.person_reference = upper(?) or ("+strings.Join(names[:min(len(words), 6)], " and ")+"))", values...)
}

// likeLiteral takes the meaning out of LIKE's own letters.
func likeLiteral(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}
