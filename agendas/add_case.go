package agendas

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AddCase puts a case on an agenda by hand, by its case number, with the reason people will read.
// After publication the item is marked late with that reason.
func (s Store) AddCase(ctx context.Context, actor access.Actor, meetingID uuid.UUID, caseNumber, reason string) (itemID uuid.UUID, err error) {
	reason = strings.TrimSpace(reason)
	number, readable := ParseCaseNumber(caseNumber)
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		meeting, err := lockToBuild(tx, meetingID)
		if err != nil {
			return err
		}
		m, err := readForMeeting(tx, meeting)
		if err != nil {
			return err
		}
		if m.forum.Board {
			return fault.New(fault.Denied, "A board never sees who a young person is. Raise a blocker from a meeting about the case instead.")
		}
		var form fault.Form
		form.Require(readable, "case_number", "Enter a case number, like Q1042")
		form.Require(reason != "", "reason", "Enter why the case is on the agenda")
		form.Require(len([]rune(reason)) <= reasonLimit, "reason", "Shorten the reason to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		c, err := tracker.CaseFor(tx, tracker.CaseReference(number))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		// Whether a number exists elsewhere is nobody's business here: both answers are the same.
		if err != nil || !inForum(c, m.forum) {
			form.Add("case_number", "There is no case %s among those this forum follows. Check the number", tracker.CaseReference(number))
			return form.Err()
		}
		items, err := Items(tx, meetingID)
		if err != nil {
			return err
		}
		former, err := formerCases(tx, items)
		if err != nil {
			return err
		}
		stands := func(i Item) bool { return i.Kind == CaseItem && (*i.CaseID == c.ID || former[c.ID] == *i.CaseID) }
		byHand := Finding{Reason: Reason{Rule: ByHand, Text: reason}, Weight: handWeight}
		if at := slices.IndexFunc(items, stands); at >= 0 {
			switch items[at].State {
			case Listed:
				form.Add("case_number", "%s is on this agenda already", c.Reference())
			case PutOver:
				form.Add("case_number", "%s was put over for want of time. Make room for it in the list of what was put over", c.Reference())
			default:
				form.Add("case_number", "%s was taken off this agenda. Put it back from the list of what was taken off", c.Reference())
			}
			return form.Err()
		}
		item := Item{
			ID: newID(), MeetingID: meetingID, Kind: CaseItem, CaseID: &c.ID, Minutes: m.terms.MinutesPerItem, State: Listed,
			Urgency: byHand.Urgency(), Reasons: []Reason{byHand.Reason}, CreatedAt: tx.Now, Version: 1,
		}
		itemID = item.ID
		return insert(tx, m, items, item)
	})
	return itemID, err
}

// insert adds one item at the place its urgency gives it and records it.
func insert(tx db.Tx, m forMeeting, items []Item, item Item) error {
	if m.AgendaVersion > 0 && item.LateReason == "" && len(item.Reasons) > 0 {
		item.LateReason = item.Reasons[0].Text
	}
	following := make(map[subject]bool)
	for _, w := range standingWishes(m.terms) {
		if w.after {
			following[w.subject()] = true
		}
	}
	var others []Item
	for i, each := range arrange(items, []Item{item}, following) {
		if each.ID == item.ID {
			item.Position = i + 1
			continue
		}
		if each.Position != i+1 {
			each.Position = i + 1
			others = append(others, each)
		}
	}
	if err := rewrite(tx, others); err != nil {
		return err
	}
	if err := tx.Create(&item).Error; err != nil {
		return err
	}
	return record(tx, "agenda_item.added", item.ID.String(), m.ForumID, nil, item)
}

// ParseCaseNumber reads a case number as people type it: "Q1042", "q 1042" or "1042".
func ParseCaseNumber(typed string) (int64, bool) {
	text := strings.TrimSpace(strings.ToUpper(typed))
	text = strings.TrimSpace(strings.TrimPrefix(text, "Q"))
	number, err := strconv.ParseInt(text, 10, 64)
	return number, err == nil && number > 0
}
