package measures_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/panels/escalations/measures"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// tabled puts somebody on the agenda of a meeting of the panel.
func (w *world) tabled(kase uuid.UUID, at string) (meeting, item uuid.UUID) {
	w.Helper()
	meeting, item = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	w.exec(`insert into meeting (id, forum_id, starts_at, ends_at, status, created_at, changed_at) values (?, ?, cast(? as timestamptz), cast(? as timestamptz) + interval '2 hours', 'closed', now(), now())`, meeting, w.panel.ID, at, at)
	w.exec(`insert into agenda_item (id, meeting_id, number, position, kind, case_id, minutes, created_at) values (?, ?, '1', 1, 'case', ?, 10, now())`, item, meeting, kase)
	return meeting, item
}

// decided confirms a decision where somebody was tabled.
func (w *world) decided(kase uuid.UUID, at, outcome string, endorsers ...uuid.UUID) (decision uuid.UUID) {
	w.Helper()
	meeting, item := w.tabled(kase, at)
	decision = uuid.Must(uuid.NewV7())
	together := []statement{{`insert into decision (id, meeting_id, forum_id, item_id, case_id, outcome, standing, reasons, meanwhile, challenge, missing, quorum, weeks_thousandths, confirmed_by, confirmed_at)
		values (?, ?, ?, ?, ?, ?, 'decided', 'Reasons', 'Meanwhile', 'Challenge', 'A report', '4 of 4', 52000, ?, cast(? as timestamptz) + interval '1 hour')`,
		[]any{decision, meeting, w.panel.ID, item, kase, outcome, w.clerk.PersonID, at}}}
	for _, agency := range endorsers {
		together = append(together, statement{`insert into decision_need (decision_id, kind, agency_id, why) values (?, 'endorsement', ?, 'quorum')`, []any{decision, agency}})
	}
	w.together(together)
	return decision
}

// statement is one of those that the database takes in one transaction or not at all.
type statement struct {
	sql    string
	values []any
}

func (w *world) together(list []statement) {
	w.Helper()
	err := w.db.Write(w.Context(), access.System("test"), func(tx db.Tx) error {
		for _, one := range list {
			if err := tx.Exec(one.sql, one.values...).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) agency(name string) (id uuid.UUID) {
	id = uuid.Must(uuid.NewV7())
	w.exec(`insert into agency (id, name, short_name, kind, funder) values (?, ?, ?, 'local_authority', true)`, id, name, name)
	return id
}

// counts are a measure's rows as "name": parts, those with none left out.
func counts(r measures.Reading) map[string][]int {
	told := map[string][]int{}
	for _, row := range r.Rows {
		if row.N() > 0 {
			told[row.Name] = row.Counts
		}
	}
	return told
}

func (w *world) expect(key measures.Key, finding string, rows map[string][]int) {
	w.Helper()
	r := w.reads(w.clerk, w.panel.Slug)[key]
	if diff := cmp.Diff(rows, counts(r)); diff != "" {
		w.Errorf("%s (-want +got):\n%s", key, diff)
	}
	if r.Finding != finding {
		w.Errorf("%s: %q, want %q", key, r.Finding, finding)
	}
}

// A panel that is told it decides quickly while cases go round again changes nothing.
func TestTheDaysFromTabledToDecidedBeginAtTheFirstTabling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sameDay, roundAgain, old, again := w.young("2009-01-01", ""), w.young("2009-01-02", ""), w.young("2009-01-03", ""), w.young("2009-01-04", "")
	w.decided(sameDay, "2026-03-12T10:00Z", "agreed")
	w.decided(roundAgain, "2026-03-12T10:00Z", "deferred")
	w.decided(roundAgain, "2026-04-09T09:00Z", "deferred") // 28 days and a clock change later
	w.decided(roundAgain, "2026-06-04T09:00Z", "agreed")   // 84 days after the first
	w.decided(old, "2025-10-30T10:00Z", "agreed")          // before the year
	w.decided(again, "2026-01-08T10:00Z", "agreed")
	w.decided(again, "2026-07-09T09:00Z", "not_agreed") // a new matter: the one before was settled
	w.decided(again, "2026-11-05T10:00Z", "agreed")     // this month is not whole
	w.expect(measures.TabledToDecided, "Half of 4 decisions were taken on the day they were first tabled", map[string][]int{"The same day": {3}, "57 to 84 days": {1}})
	w.expect(measures.DeferredTwice, "1 case was deferred twice or more in the last twelve months", map[string][]int{"Twice": {1}})
	w.decided(sameDay, "2026-05-14T09:00Z", "deferred")
	w.decided(sameDay, "2026-06-11T09:00Z", "deferred")
	w.decided(sameDay, "2026-07-09T09:00Z", "deferred")
	w.exec(`update cases set died_on = '2026-08-01' where id = ?`, roundAgain)
	w.expect(measures.DeferredTwice, "1 case was deferred twice or more in the last twelve months", map[string][]int{"Three times": {1}})
}

// A quorum that is held to is worth seeing; a decision endorsed since must not be counted as one that waits.
func TestWhatWouldHaveBeenDecidedWithoutAQuorumIsCountedByWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nhs, council := w.agency("NHS"), w.agency("Council")
	provisional := func(answers map[uuid.UUID]bool) {
		d := w.decided(w.young("2009-01-01", ""), "2026-03-12T10:00Z", "agreed", nhs, council)
		for agency, agreed := range answers {
			w.exec(`insert into decision_answer (decision_id, kind, agency_id, person_id, officer, agreed, reason, answered_at) values (?, 'endorsement', ?, ?, false, ?, 'So', now())`, d, agency, w.clerk.PersonID, agreed)
		}
	}
	provisional(map[uuid.UUID]bool{nhs: true, council: true})
	provisional(map[uuid.UUID]bool{nhs: true})
	provisional(map[uuid.UUID]bool{nhs: true, council: false})
	provisional(nil)
	w.decided(w.young("2009-01-01", ""), "2026-03-12T10:00Z", "agreed") // with a quorum
	meeting, item := w.tabled(w.young("2009-01-01", ""), "2026-03-12T10:00Z")
	w.vote(meeting, item, false, false, nil)
	w.expect(measures.WithoutQuorum, "5 decisions without a quorum avoided in the last twelve months", map[string][]int{
		"Concluded provisionally, and endorsed since": {1}, "Concluded provisionally, and still to be endorsed": {2}, "Concluded provisionally, and not endorsed": {1},
		"A vote at a meeting without a quorum, and no decision": {1},
	})
}

// vote is one under funder consent that closed, about so many pence a week of each agency.
func (w *world) vote(meeting, item uuid.UUID, quorate, carried bool, shares map[uuid.UUID]int) (id uuid.UUID) {
	w.Helper()
	id = uuid.Must(uuid.NewV7())
	together := []statement{{`insert into vote (id, meeting_id, item_id, run, rule, method, outcome, opened_at, opened_by, closed_at, closed_by, quorate, carried)
		values (?, ?, ?, 1, 'funder_consent', 'devices', 'agreed', '2026-03-12T10:10Z', ?, '2026-03-12T10:20Z', ?, ?, ?)`, []any{id, meeting, item, w.clerk.PersonID, w.clerk.PersonID, quorate, carried}}}
	for agency, pence := range shares {
		together = append(together, statement{`insert into vote_share (vote_id, agency_id, weekly_pence, one_off_pence) values (?, ?, ?, 0)`, []any{id, agency, pence}})
	}
	w.together(together)
	return id
}

// An agency that is named for a refusal it never gave will not come again.
func TestConsentThatWasMissingIsCountedByAgencyAndHow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	nhs, council, school := w.agency("NHS"), w.agency("Council"), w.agency("School")
	seat := uuid.Must(uuid.NewV7())
	w.exec(`insert into seat (id, forum_id, name, office, standing, position) values (?, ?, 'Seat', 'member', 'deciding', 1)`, seat, w.panel.ID)
	failed := func(carried bool, positions map[uuid.UUID]string) {
		meeting, item := w.tabled(w.young("2009-01-01", ""), "2026-03-12T10:00Z")
		id := w.vote(meeting, item, true, carried, map[uuid.UUID]int{nhs: 50000, council: 70000, school: 0}) // a share of nothing asks nobody
		for agency, position := range positions {
			w.exec(`insert into ballot (id, vote_id, votes_for, seat_id, person_id, deputy, position, cast_at, recorded_by) values (?, ?, ?, ?, ?, false, ?, now(), ?)`, uuid.Must(uuid.NewV7()), id, agency, seat, w.clerk.PersonID, position, w.clerk.PersonID)
		}
	}
	failed(false, map[uuid.UUID]string{nhs: "refuse", council: "consent"})
	failed(false, map[uuid.UUID]string{nhs: "abstain", council: "consent", school: "refuse"})
	failed(false, map[uuid.UUID]string{council: "consent"})
	failed(false, map[uuid.UUID]string{nhs: "consent", council: "refuse"})
	failed(true, map[uuid.UUID]string{nhs: "consent", council: "consent"})
	w.expect(measures.ConsentFailures, "4 funders’ consents were missing when a vote failed, most often NHS’s (3)", map[string][]int{"NHS": {1, 1, 1}, "Council": {1, 0, 0}})
}

// A family that waits for its letter is not “in time” because the letter was never sent.
func TestLettersAreLateWhenTheyGoLateOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	letter := func(audience, due, sent, held string) {
		d := w.decided(w.young("2009-01-01", ""), "2026-03-12T10:00Z", "agreed")
		id := uuid.Must(uuid.NewV7())
		w.exec(`insert into letter (id, decision_id, forum_id, audience, recipient, number, template, template_number, format, due_on, held, state, created_at)
			values (?, ?, ?, ?, 'Somebody', 1, 'agreed', 1, 'word', ?, ?, 'draft', now())`, id, d, w.panel.ID, audience, due, held)
		if sent != "" {
			w.exec(`update letter set state = 'sent', approved_by = @by, approved_at = now(), sent_on = @on, sent_how = 'post', sent_by = @by where id = @id`, map[string]any{"by": w.clerk.PersonID, "on": sent, "id": id})
		}
	}
	letter("young_person", "2026-03-26", "2026-03-26", "[]")
	letter("young_person", "2026-03-26", "2026-03-27", "[]")
	letter("funder", "2026-11-25", "", "[]")
	letter("funder", "2026-11-26", "", "[]") // today is not over
	letter("funder", "2026-03-26", "", `["protected"]`)
	letter("referrer", "2025-11-20", "", "[]") // before the year
	w.expect(measures.LettersLate, "67% of 3 letters due were late", map[string][]int{"Young people": {1, 1}, "Funders": {1, 0}})
}
