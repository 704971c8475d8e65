package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/escalations"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The half year of the clock test: six months from 1 October 2026, over Christmas, Easter and both changes of the
// clocks.
var (
	halfYearBegins = clock.MustDate("2026-10-01")
	halfYearEnds   = clock.MustDate("2027-03-31")
	serverIsOff    = []string{"2027-01-11", "2027-01-12"} // two whole days; it comes back on the 13th, after the morning's run
	startsLate     = []string{"2026-12-29", "2027-01-13"} // the morning's run is missed, and caught up at half past nine
	clocksChange   = []string{"2026-10-25", "2027-03-28"}
)

// Everything the rules demand of four hundred cases in half a year happens on its day and once, whatever happens to
// the program meanwhile, and nobody is told anything else. One escalation that is forgotten is a young person whose
// birthday comes before the decision; one message too many and people stop reading them.
func TestHalfAYearOfBlockers(t *testing.T) {
	t.Parallel()
	h := newHalfYear(t, halfYearBegins.AddDays(-1).At(12, 0))
	h.turn(0)
	for d := halfYearBegins; !d.After(halfYearEnds); d = d.AddDays(1) {
		if !slices.Contains(serverIsOff, d.String()) {
			h.day(d)
		}
	}
	for i := range h.replicas {
		defer h.stop(i)
	}
	h.compare()
}

// day lets one day pass.
func (h *halfYear) day(d clock.Date) {
	h.Helper()
	if slices.Contains(clocksChange, d.String()) { // the hour that is there twice, or not at all
		for minutes := 30; minutes <= 210; minutes += 60 {
			h.clock.Set(d.Start().Add(time.Duration(minutes) * time.Minute))
			h.turn(minutes % 2)
		}
	}
	late := slices.Contains(startsLate, d.String())
	if late {
		h.clock.Set(d.At(9, 30))
	} else {
		h.clock.Set(d.At(6, 0))
	}
	h.morning(d)
	h.happens(h.model.morning)
	switch {
	case late:
		h.happens(h.model.digests)
	case officeIsOpen(d): // the digests were due at seven, and mail leaves from eight
		h.clock.Set(d.At(8, 0))
		h.turn(1)
		h.happens(h.model.digests)
	}
	h.gathered()

	h.clock.Set(d.At(11, 0))
	h.model.now = h.clock.Now()
	if h.people11(d) {
		h.turn(int(d.Weekday()) % 2)
		h.happens(func() {})
		h.gathered()
	}
}

// happens tells the model what moment it is.
func (h *halfYear) happens(what func()) {
	h.model.now = h.clock.Now()
	what()
	h.model.settle()
}

// turn is a moment of the program: one replica sees what is due and does it.
func (h *halfYear) turn(leader int) {
	h.Helper()
	h.must(h.replicas[leader].jobs.Tick(h.Context()))
	_, err := h.replicas[leader].jobs.Drain(h.Context())
	h.must(err)
}

// gathered lets the minutes pass until everything that is due today has left.
func (h *halfYear) gathered() {
	h.Helper()
	for range 12 {
		if !officeIsOpen(clock.DateOf(h.clock.Now())) {
			return
		}
		waiting := 0
		h.read(func(tx db.Tx) error {
			return tx.Raw(`select count(*) from outbox where state in ('waiting', 'sending') and due_at < ?`, tx.Today().AddDays(1).Start()).Scan(&waiting).Error
		})
		if waiting == 0 {
			return
		}
		h.clock.Advance(time.Duration(10) * time.Minute)
		h.turn(0)
	}
	h.Fatalf("%s: mail still waits after two hours", clock.Moment(h.clock.Now()))
}

// morning is the first moment of a day, on which something happens to the program.
func (h *halfYear) morning(d clock.Date) {
	h.Helper()
	switch halfYearBegins.DaysUntil(d) % 8 {
	case 1: // the other leads
		h.turn(1)
	case 2, 6: // both at once
		h.atOnce(func(i int) error { return h.replicas[i].jobs.Tick(h.Context()) })
		h.atOnce(func(i int) error { _, err := h.replicas[i].jobs.Drain(h.Context()); return err })
	case 3: // one sees what is due and dies; the other does it
		h.must(h.replicas[0].jobs.Tick(h.Context()))
		h.stop(0)
		h.turn(1)
		h.start(0)
	case 4: // both are started anew, and each sees what is due
		for i := range h.replicas {
			h.stop(i)
			h.start(i)
		}
		h.turn(0)
		h.turn(1)
	case 5: // a process died after the work and before it said so: all of the morning's jobs are done again
		var before int64
		h.read(func(tx db.Tx) error { return tx.Raw(`select coalesce(max(id), 0) from river_job`).Scan(&before).Error })
		h.turn(1)
		h.write(func(tx db.Tx) error {
			return tx.Exec(`update river_job set state = 'available', finalized_at = null where id > ? and state = 'completed'`, before).Error
		})
		h.turn(0)
	default:
		h.turn(0)
	}
}

func (h *halfYear) atOnce(do func(replica int) error) {
	h.Helper()
	var together sync.WaitGroup
	failed := make([]error, len(h.replicas))
	for i := range h.replicas {
		together.Go(func() { failed[i] = do(i) })
	}
	together.Wait()
	for _, err := range failed {
		h.must(err)
	}
}

// people11 is what people do at eleven, told to the product and to the model; it says whether anybody did anything.
func (h *halfYear) people11(d clock.Date) bool {
	h.Helper()
	busy := false
	for _, p := range h.model.plots {
		for _, a := range p.acts {
			if a.on == d.String() {
				h.act(p, a)
				busy = true
			}
		}
	}
	if busy { // what was announced is heard before anybody does more
		h.turn(0)
		h.model.settle()
	}
	if officeIsOpen(d) {
		busy = h.boardAnswers() || busy
		busy = h.acknowledge() || busy
	}
	return busy
}

// act is one act of the plots.
func (h *halfYear) act(p *plot, a act) {
	h.Helper()
	forum := h.model.forums[p.forum]
	product, chair, ctx := h.replicas[p.number%2].escalations, h.actors[forum.chair], h.Context()
	switch a.does {
	case raises:
		b, err := product.RaiseBlocker(ctx, chair, escalations.Raise{
			ForumID: h.forums[p.forum].ID, CaseID: &h.cases[p.number], Kind: escalations.Housing, Theme: "Supported housing", Needed: "A flat with night staff", OwnerID: h.people[p.owner],
		})
		h.must(err)
		h.blocker[p.number] = b.ID
		h.model.raise(p, forum.chair)
	case defers, agrees, disputes:
		h.decide(p, a.does)
		h.model.decided(p, a.does)
	case resolves:
		b := h.blockerNow(p)
		h.must(product.ResolveBlocker(ctx, chair, b.ID, "A flat was found", b.Version))
		h.model.resolve(h.model.of(p), forum.chair)
	case snoozes:
		b := h.blockerNow(p)
		h.must(product.SnoozeBlocker(ctx, chair, b.ID, escalations.Snooze{Until: clock.MustDate(a.to), Reason: "The provider answers then", Version: b.Version}))
		h.model.snooze(h.model.of(p), clock.MustDate(a.to))
	case moves:
		b := h.blockerNow(p)
		h.must(product.MoveBlocker(ctx, chair, b.ID, escalations.BoardLevel, "It cannot wait", b.Version))
		h.model.enter(h.model.of(p), len(forum.ladder)-1, "moved", forum.chair)
	case joins:
		one, other := h.blockerNow(p), h.blockerNow(a.with)
		_, err := product.JoinBlockers(ctx, chair, escalations.Join{
			OneID: one.ID, OtherID: other.ID, OneVersion: one.Version, OtherVersion: other.Version, YoungPeople: 2, Reason: "One landlord",
		})
		h.must(err)
		h.model.join(h.model.of(a.with), h.model.of(p), forum.chair)
	case leaves:
		h.moveAway(p)
		p.left = true
	default:
		h.Fatalf("nobody knows how to %s", a.does)
	}
}

// acknowledge has whoever holds a blocker say that they have it, so many days after it came to them.
func (h *halfYear) acknowledge() bool {
	h.Helper()
	var open []struct {
		escalations.Blocker
		Asked *uuid.UUID
	}
	h.read(func(tx db.Tx) error {
		return tx.Raw(`
			select b.*, e.id as asked from blocker b left join escalation e on e.blocker_id = b.id and e.state = 'waiting'
			where b.state = 'open' and b.acknowledged_at is null and (b.level <> 'board' or e.id is not null) order by b.number`).Scan(&open).Error
	})
	busy := false
	for _, b := range open {
		p := h.plotOf(b.Blocker)
		if p.acknowledged == neverAnswering || clock.DateOf(h.clock.Now()).Before(b.LevelSince.AddDays(p.acknowledged)) {
			continue
		}
		busy = true
		forum := h.model.forums[p.forum]
		if b.Level == escalations.BoardLevel {
			h.must(h.replicas[1].escalations.AcknowledgeEscalation(h.Context(), h.actors[boardsChair], *b.Asked))
			continue
		}
		by := forum.clerk
		switch {
		case b.LevelPersonID != nil:
			by = headOfService
		case b.Level == escalations.DisputeLevel:
			by = h.model.forums[forumMARP].clerk
		}
		h.must(h.replicas[1].escalations.Acknowledge(h.Context(), h.actors[by], b.ID))
	}
	h.model.acknowledgeAll()
	return busy
}

// plotOf is the plot a blocker of the product is of.
func (h *halfYear) plotOf(b escalations.Blocker) *plot {
	h.Helper()
	for number, id := range h.blocker {
		if id == b.ID {
			return h.model.plots[number-1]
		}
	}
	for _, p := range h.model.plots {
		if b.CaseID != nil && h.cases[p.number] == *b.CaseID {
			h.blocker[p.number] = b.ID
			return p
		}
	}
	h.Fatalf("%s: blocker %s is of no case", clock.Moment(h.clock.Now()), b.Reference())
	return nil
}

// boardAnswers has the board answer what has been before it for long enough, and forums resolve what was answered.
func (h *halfYear) boardAnswers() bool {
	h.Helper()
	today := clock.DateOf(h.clock.Now())
	var asked []struct {
		escalations.Blocker
		AskID      uuid.UUID
		ReachedOn  clock.Date
		AnsweredOn clock.Date
		Stay       int
	}
	h.read(func(tx db.Tx) error {
		return tx.Raw(`
			select b.*, e.id as ask_id, e.reached_on, cast(a.answered_at at time zone 'Europe/London' as date) as answered_on
			from escalation e join blocker b on b.id = e.blocker_id and b.state = 'open' left join board_answer a on a.escalation_id = e.id
			where e.state in ('waiting', 'answered', 'not_agreed') order by e.asked_at, b.number`).Scan(&asked).Error
	})
	busy := false
	for _, row := range asked {
		p := h.plotOf(row.Blocker)
		says := p.board
		switch {
		case says == nil:
		case row.AnsweredOn.IsZero() && !today.Before(row.ReachedOn.AddDays(says.after)):
			answer := escalations.BoardAnswer{Agreed: says.agrees, Reason: "There is no money"}
			if says.agrees {
				answer = escalations.BoardAnswer{Agreed: true, Direction: "Lease two flats", OwnerID: h.people[director], ActBy: today.AddDays(says.within)}
			}
			h.must(h.replicas[0].escalations.AnswerEscalation(h.Context(), h.actors[boardsChair], row.AskID, answer))
			busy = true
		case !row.AnsweredOn.IsZero() && says.resolvedAfter > 0 && !today.Before(row.AnsweredOn.AddDays(says.resolvedAfter)):
			h.must(h.replicas[0].escalations.ResolveBlocker(h.Context(), h.actors[h.model.forums[p.forum].chair], row.ID, "The flats are leased", row.Version))
			busy = true
		}
	}
	h.model.boardAnswers()
	return busy
}

// compare holds what the product did to what had to happen.
func (h *halfYear) compare() {
	h.Helper()
	// every blocker's number, by case
	references := map[string]string{}
	var blockers []escalations.Blocker
	h.read(func(tx db.Tx) error { return tx.Raw(`select * from blocker order by number`).Scan(&blockers).Error })
	number := map[uuid.UUID]int{}
	for _, b := range blockers {
		p := h.plotOf(b)
		if other := references[strconv.Itoa(p.number)]; other != "" {
			h.Errorf("case %d (%s) has two blockers, %s and %s", p.number, p.words, other, b.Reference())
		}
		references[strconv.Itoa(p.number)] = b.Reference()
		number[b.ID] = p.number
	}
	var rows []struct {
		BlockerID  uuid.UUID
		HappenedOn clock.Date
		Kind       string
		ToLevel    string
		Rules      string
	}
	h.read(func(tx db.Tx) error {
		return tx.Raw(`
			select s.blocker_id, s.happened_on, s.kind, s.to_level,
				case when s.kind in ('risen', 'raised_again') then (select string_agg(distinct c.rule, '+' order by c.rule) from blocker_cause c where c.step_id = s.id) else s.rule end as rules
			from blocker_step s order by s.at, s.number`).Scan(&rows).Error
	})
	var steps []string
	for _, row := range rows {
		steps = append(steps, stepLine(number[row.BlockerID], row.HappenedOn.String(), row.Kind, row.ToLevel, row.Rules))
	}
	h.differ("a step of a blocker", h.model.steps, steps)

	var inbox []string
	h.read(func(tx db.Tx) error {
		return tx.Raw(`
			select cast(i.told_at at time zone 'Europe/London' as date) || ' ' || split_part(p.email, '@', 1) || ': ' || i.subject
			from inbox i join person p on p.id = i.person_id order by i.told_at, i.notice_id`).Scan(&inbox).Error
	})
	h.differ("a line of an inbox", filledIn(h.model.inbox, references), inbox)
	h.box.mu.Lock()
	defer h.box.mu.Unlock()
	h.differ("a message", filledIn(h.model.mails, references), h.box.came)
	for _, err := range h.box.trouble {
		h.Error(err)
	}
	if strings.Contains(h.box.texts.String(), secretName) {
		h.Error("a message names a young person")
	}
	h.Logf("%d blockers, %d steps, %d notices in %d messages; risen by rule: %v", len(blockers), len(steps), len(h.box.came), h.box.letters, h.model.rises)
	for _, rule := range []string{"time_up", "deferred", "birthday", "funders", "no_effect"} {
		if h.model.rises[rule] < 3 {
			h.Errorf("the plots bring about the rule %s %d times only", rule, h.model.rises[rule])
		}
	}
}

var ofCase = regexp.MustCompile(`\{(\d+)\}`)

// filledIn puts the blockers' numbers into what the model says.
func filledIn(lines []string, references map[string]string) []string {
	filled := make([]string, len(lines))
	for i, line := range lines {
		filled[i] = ofCase.ReplaceAllStringFunc(line, func(of string) string { return references[of[1:len(of)-1]] })
	}
	return filled
}

// mostToldOf is how many differences are told of each kind; the rest are counted.
const mostToldOf = 25

// differ says in words what is missing, what came twice, what on another day, and what nobody expected. Each line
// begins with its day.
func (h *halfYear) differ(what string, expected, got []string) {
	h.Helper()
	left := map[string]int{}
	for _, line := range expected {
		left[line]++
	}
	var extra, missing []string
	seen := map[string]bool{}
	for _, line := range got {
		if left[line]--; left[line] < 0 {
			extra = append(extra, line)
		}
		seen[line] = true
	}
	for _, line := range expected {
		if left[line] > 0 {
			left[line]--
			missing = append(missing, line)
		}
	}
	var problems []string
	for _, line := range missing {
		day, text, _ := strings.Cut(line, " ")
		if i := slices.IndexFunc(extra, func(e string) bool { return e[11:] == text }); i >= 0 {
			problems = append(problems, fmt.Sprintf("%s was expected on %s and came on %s: %s", what, day, extra[i][:10], text))
			extra = slices.Delete(extra, i, i+1)
			continue
		}
		problems = append(problems, fmt.Sprintf("%s was expected on %s and did not come: %s", what, day, text))
	}
	wanted := map[string]bool{}
	for _, line := range expected {
		wanted[line] = true
	}
	for _, line := range extra {
		way := "came unexpected"
		if wanted[line] {
			way = "came once more than expected"
		}
		problems = append(problems, fmt.Sprintf("%s %s on %s: %s", what, way, line[:10], line[11:]))
	}
	for i, problem := range problems {
		if i == mostToldOf {
			h.Errorf("and %d more about %s", len(problems)-mostToldOf, what)
			break
		}
		h.Error(problem + h.wordsOf(problem))
	}
}

var aboutCase = regexp.MustCompile(`case (\d+):`)

// wordsOf is the plot of the case that a line names.
func (h *halfYear) wordsOf(line string) string {
	found := aboutCase.FindStringSubmatch(line)
	if found == nil {
		return ""
	}
	n, _ := strconv.Atoi(found[1])
	p := h.model.plots[n-1]
	return fmt.Sprintf(" (%s: %s)", h.model.forums[p.forum].name, p.words)
}
