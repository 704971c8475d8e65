package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/money"
)

// brought is a decision brought before.
type brought struct {
	Decision
	shares []Share
}

// promised is an action brought before, as it was brought and as it is.
type promised struct {
	room.Action
	Said struct {
		OwnerID  uuid.UUID
		AgencyID *uuid.UUID
		DueOn    clock.Date
	} `gorm:"embedded;embeddedPrefix:said_"`
}

func (h *held) readBrought(meetings []uuid.UUID) error {
	var decisions []struct {
		Decision
		Standing uuid.UUID // the case that stands for the young person today
	}
	if err := h.tx.Raw(`select d.*, standing_case(d.case_id) as standing from brought_decision d where d.meeting_id in ?`, meetings).Scan(&decisions).Error; err != nil {
		return err
	}
	byID := map[uuid.UUID]*brought{}
	ids := []uuid.UUID{uuid.Nil}
	for _, d := range decisions {
		b := &brought{Decision: d.Decision}
		h.decisions[decisionKey(d.MeetingID, d.Standing, d.Item)], byID[d.ID] = b, b
		ids = append(ids, d.ID)
	}
	for chunk := range slices.Chunk(ids, 5_000) {
		var shares []Share
		if err := h.tx.Raw(`select * from brought_share where decision_id in ?`, chunk).Scan(&shares).Error; err != nil {
			return err
		}
		for _, share := range shares {
			byID[share.DecisionID].shares = append(byID[share.DecisionID].shares, share)
		}
	}
	var actions []promised
	err := h.tx.Raw(`
		select a.*, b.owner_id as said_owner_id, b.agency_id as said_agency_id, b.due_on as said_due_on
		from brought_action b join action a on a.id = b.action_id where a.meeting_id in ?`, meetings).Scan(&actions).Error
	for i := range actions {
		h.actions[actionKey(actions[i].MeetingID, actions[i].CaseID, actions[i].Text)] = &actions[i]
	}
	return err
}

func decisionKey(meeting, kase uuid.UUID, item string) string {
	return meeting.String() + kase.String() + strings.ToLower(item)
}

func actionKey(meeting uuid.UUID, kase *uuid.UUID, text string) string {
	about := ""
	if kase != nil {
		about = kase.String()
	}
	return meeting.String() + about + plain(text)
}

// compareDecision: a decision is told by its meeting, the young person and, where one meeting decided
// twice about somebody, the item.
func (r *rowCheck) compareDecision(said decisionRow) (compared, string) {
	forum := r.bringsTo(said.Forum)
	about := r.about(said.Person)
	key := strings.Join([]string{"decision", forum.ID.String(), said.On.String(), about.ID.String(), strings.ToLower(said.Item)}, " ")
	d := Decision{
		ID: newID(), ForumID: forum.ID, CaseID: about.ID, Item: said.Item, Outcome: said.Outcome, Words: said.Words,
		WeeklyPence: said.Weekly, OneOffPence: said.OneOff, ReviewOn: said.ReviewOn, Conditions: said.Conditions, Version: 1,
	}
	shares := r.split("weekly_split", said.WeeklySplit, &d.WeeklyPence, nil, func(s *Share) *int64 { return &s.WeeklyPence })
	shares = r.split("one_off_split", said.OneOffSplit, &d.OneOffPence, shares, func(s *Share) *int64 { return &s.OneOffPence })
	out := compared{kind: New, words: fmt.Sprintf("%s, %s, %s: %s%s", forum.Name, said.On.Long(), about.Reference(), said.Outcome.Words(), amountWords(d.WeeklyPence, d.OneOffPence))}
	if forum.ID == uuid.Nil || about.ID == uuid.Nil {
		return out, key
	}
	meeting := r.met(forum, said.On)
	if len(r.errors) > 0 {
		return out, key
	}
	if amount(d.WeeklyPence)+amount(d.OneOffPence) > 0 && len(shares) == 0 {
		r.warn("weekly_split", "There is an amount and no payer, so nobody’s share is counted. Enter the split if it is known.")
	}
	before := r.decisions[decisionKey(meeting.ID, about.ID, said.Item)]
	if before != nil {
		out.kind, out.changes = Unchanged, r.differences(before, d, shares)
		if len(out.changes) == 0 {
			return out, key
		}
		out.kind = Changed
		d.ID, d.Version = before.ID, before.Version
	}
	out.apply = func(tx db.Tx, b *bringing) (err error) {
		if d.MeetingID, err = b.meeting(tx, forum, said.On, meeting.ID); err != nil {
			return err
		}
		b.decided[about.ID] = true
		return b.keepDecision(tx, d, shares, before)
	}
	return out, key
}

// differences says in words how a decision differs from the one brought before.
func (r *rowCheck) differences(before *brought, d Decision, shares []Share) (changes []Change) {
	note := func(label, was, is string) {
		if was != is {
			changes = append(changes, Change{label, was, is})
		}
	}
	note("Outcome", before.Outcome.Words(), d.Outcome.Words())
	note("Words", before.Words, d.Words)
	note("Weekly amount", penceWords(before.WeeklyPence), penceWords(d.WeeklyPence))
	note("One-off amount", penceWords(before.OneOffPence), penceWords(d.OneOffPence))
	note("Payers", r.shareWords(before.shares), r.shareWords(shares))
	note("Review date", dateWords(before.ReviewOn), dateWords(d.ReviewOn))
	note("Conditions", before.Conditions, d.Conditions)
	return changes
}

func (h *held) shareWords(shares []Share) string {
	words := make([]string, len(shares))
	for i, share := range shares {
		words[i] = h.agencyName(&share.AgencyID) + amountWords(&share.WeeklyPence, &share.OneOffPence)
	}
	slices.Sort(words)
	return strings.Join(words, "; ")
}

func amount(pence *int64) int64 {
	if pence == nil {
		return 0
	}
	return *pence
}

func penceWords(pence *int64) string {
	if pence == nil {
		return ""
	}
	return money.Pounds(*pence)
}

func amountWords(weekly, oneOff *int64) (words string) {
	if amount(weekly) > 0 {
		words += ", " + money.Pounds(*weekly) + " a week"
	}
	if amount(oneOff) > 0 {
		words += ", " + money.Pounds(*oneOff) + " once"
	}
	return words
}

// split reads "ASC 702.50; ICB 502" or "ASC 60%; ICB 40%". Shares add up to the amount to the penny;
// without an amount they make it.
func (r *rowCheck) split(field, text string, total **int64, shares []Share, of func(*Share) *int64) []Share {
	if text == "" {
		return shares
	}
	parts := strings.FieldsFunc(text, func(c rune) bool { return c == ';' || c == '\n' })
	var sum, percent int64 // percent in hundredths
	start := map[uuid.UUID]bool{}
	var latest *int64
	for _, part := range parts {
		name, typed := cutAmount(strings.TrimSpace(part))
		agency, known := r.agencies[plain(name)]
		switch {
		case name == "" || typed == "":
			r.wrong(field, "Enter each payer and its share between semicolons, like ASC 702.50; ICB 502, or ASC 60%%; ICB 40%%.")
			return shares
		case !known:
			r.wrong(field, "There is no agency called “%s”. Enter its name or short name as on the Agencies page.", name)
			return shares
		case !agency.Funder:
			r.wrong(field, "%s is not a payer. Correct it, or say on the Agencies page that it pays.", agency.Name)
			return shares
		case start[agency.ID]:
			r.wrong(field, "%s is there twice. Add its shares together.", agency.Name)
			return shares
		}
		start[agency.ID] = true
		at := slices.IndexFunc(shares, func(s Share) bool { return s.AgencyID == agency.ID })
		if at < 0 {
			shares, at = append(shares, Share{AgencyID: agency.ID}), len(shares)
		}
		into := of(&shares[at])
		if share, isPercent := strings.CutSuffix(typed, "%"); isPercent {
			hundredths, err := money.Parse(share)
			if err != nil || *total == nil {
				r.wrong(field, "A share in percent needs an amount to be a share of, and a number like 60%%.")
				return shares
			}
			*into, latest = **total*hundredths/10_000, into
			percent += hundredths
		} else {
			pence, err := money.Parse(typed)
			if err != nil {
				r.wrong(field, "“%s” is not an amount. Enter each payer and its share, like ASC 702.50; ICB 502.", typed)
				return shares
			}
			*into = pence
		}
		sum += *into
	}
	switch {
	case percent == 10_000 && latest != nil: // pennies that do not divide go to the last
		*latest += **total - sum
	case percent > 0:
		r.wrong(field, "The percentages add up to %s%%, not 100%%. Correct them.", strings.TrimSuffix(money.Typed(percent), ".00"))
	case *total == nil:
		*total = &sum
	case sum != **total:
		r.wrong(field, "The shares add up to %s, and the amount is %s. Correct one of them.", money.Pounds(sum), money.Pounds(**total))
	}
	return shares
}

// cutAmount divides "Adult social care £702.50" before its amount.
func cutAmount(part string) (name, typed string) {
	at := strings.LastIndexAny(part, " :=£")
	if at < 0 {
		return "", ""
	}
	cut := strings.TrimRight(part[:at], " :=£")
	return cut, strings.TrimLeft(part[at:], " :=£")
}

// compareAction: an action is told by its meeting, its words and the young person. One that has been
// done, passed on or moved since it was brought stays as it is, unless the file itself has changed.
func (r *rowCheck) compareAction(said actionRow) (compared, string) {
	forum := r.bringsTo(said.Forum)
	owner, known := r.somebody(said.Email)
	if known && !owner.EndedOn.IsZero() {
		r.wrong("email", "%s has left. Enter who does it now.", owner.Name)
	}
	agency := r.agency(said.Agency)
	if agency == nil {
		agency = owner.AgencyID
	}
	var kase *uuid.UUID
	about := ""
	if said.Person != "" {
		c := r.about(said.Person)
		kase, about = &c.ID, ", "+c.Reference()
	}
	out := compared{kind: New, words: fmt.Sprintf("%s, %s%s: %s, for %s by %s", forum.Name, said.On.Long(), about, said.What, owner.Name, said.DueOn.Long())}
	caseKey := ""
	if kase != nil {
		caseKey = kase.String()
	}
	key := strings.Join([]string{"action", forum.ID.String(), said.On.String(), caseKey, plain(said.What)}, " ")
	if forum.ID == uuid.Nil {
		return out, key
	}
	meeting := r.met(forum, said.On)
	if len(r.errors) > 0 {
		return out, key
	}
	before := r.actions[actionKey(meeting.ID, kase, said.What)]
	if before == nil {
		out.apply = func(tx db.Tx, b *bringing) error {
			at, err := b.meeting(tx, forum, said.On, meeting.ID)
			if err != nil {
				return err
			}
			action := room.Action{ID: newID(), MeetingID: at, ForumID: forum.ID, CaseID: kase, OwnerIDs: room.People{owner.ID}, AgencyID: agency, Text: said.What, DueOn: said.DueOn}
			return b.keepAction(tx, action, owner, said.On)
		}
		return out, key
	}
	out.kind = Unchanged
	if before.Said.OwnerID != owner.ID {
		out.changes = append(out.changes, Change{"Owner", r.nameOf(before.Said.OwnerID), owner.Name})
	}
	if before.Said.DueOn != said.DueOn {
		out.changes = append(out.changes, Change{"Due date", dateWords(before.Said.DueOn), dateWords(said.DueOn)})
	}
	if len(out.changes) == 0 {
		return out, key
	}
	if before.DoneAt != nil {
		out.changes = nil
		r.warn("what", "This action has been done in Quorate meanwhile, so it stays as it is.")
		return out, key
	}
	out.kind = Changed
	out.apply = func(tx db.Tx, b *bringing) error {
		return b.changeAction(tx, before.Action, owner, agency, said.DueOn)
	}
	return out, key
}

func (h *held) nameOf(person uuid.UUID) string {
	for _, p := range h.people {
		if p.ID == person {
			return p.Name
		}
	}
	found, err := panels.PersonByID(h.tx, person)
	if err != nil {
		return ""
	}
	return found.Name
}
