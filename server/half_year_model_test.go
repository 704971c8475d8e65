package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"quorate/server/base/clock"
)

// What the half year must bring, worked out from the rules as a chair would read them out, with bank holidays and
// arithmetic of its own. It knows the ladders, who sits where and what people did; it asks nothing of the product.

// bankHolidaysThen are the bank holidays of the half year, as the government lists them.
var bankHolidaysThen = []string{"2026-12-25", "2026-12-28", "2027-01-01", "2027-03-26", "2027-03-29"}

func officeIsOpen(d clock.Date) bool {
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday && !slices.Contains(bankHolidaysThen, d.String())
}

// actsOn is the day on which what falls due on d acts: d, or the next working day.
func actsOn(d clock.Date) clock.Date {
	for !officeIsOpen(d) {
		d = d.AddDays(1)
	}
	return d
}

// workingDaysLater is the nth working day after d.
func workingDaysLater(d clock.Date, n int) clock.Date {
	for ; n > 0; n-- {
		d = actsOn(d.AddDays(1))
	}
	return d
}

// eighteenth is the 18th birthday; 2027 is no leap year, so somebody born on 29 February has it on 1 March.
func eighteenth(born clock.Date) clock.Date {
	return clock.NewDate(born.Year+18, born.Month, born.Day) // 29 February carries over to 1 March
}

// rung is a level of a forum's ladder: how many calendar days a blocker may stay, how many working days its holders
// have to say that they have it, and who they are.
type rung struct {
	name         string
	days, answer int
	holders      []string
	board        bool
}

// climbing is a forum with its ladder and its thresholds.
type climbing struct {
	name                               string
	chair, clerk                       string
	ladder                             []rung
	deferrals, birthday, disagreements int
}

const (
	theBoard       = "Strategic transitions board"
	boardsChair    = "board.chair"
	boardsClerk    = "board.clerk"
	headOfService  = "head.of.service"
	director       = "director"
	chasedEvery    = 7 // days
	warnedBefore   = 7 // days
	neverAnswering = -1
)

// boardsMembers are those a digest goes to.
var boardsMembers = []string{boardsChair, "board.member.1", "board.member.2"}

// blocked is a blocker as it must stand.
type blocked struct {
	plot      *plot
	owner     string
	level     int
	since     clock.Date
	told      bool // its holders have said that they have it
	remind    clock.Date
	snoozed   clock.Date
	acted     map[string]bool // rules that act once
	open      bool
	joined    *blocked // where it goes on
	with      []*plot  // whose blockers it goes on for
	asks      []*ask
	raisedOn  clock.Date
	resolving clock.Date // the day its forum resolves it, after the board's answer
}

// ask is one time before the board.
type ask struct {
	of         *blocked
	at         time.Time
	reached    clock.Date
	due        clock.Date
	state      string
	again      bool // an answer before had no effect
	chased     clock.Date
	actBy      clock.Date
	look       clock.Date
	answered   clock.Date
	directorOn clock.Date // when the director was last reminded
	followedUp bool       // it came back to the board
	reconsider bool       // and the board has answered anew
}

// telling is a notice that has been caused and not yet mailed.
type telling struct {
	kind  string
	about *blocked
	other *blocked
	ask   *ask
	to    string
	stood string // the inbox's line, as it was written last
}

// model is the half year as it must be.
type model struct {
	forums  []climbing
	plots   []*plot
	now     time.Time
	blocked []*blocked
	waiting []*telling

	steps  []string // "Q12 2026-12-24 risen to MARP (time_up)"
	mails  []string // "2026-12-24 mapac.chair: Blocker {12} is now with MARP."
	inbox  []string
	weeks  map[string]bool // digests looked at
	digest time.Time       // when the last went
	rises  map[string]int  // by rule, so that no rule goes untested
}

func (m *model) today() clock.Date { return clock.DateOf(m.now) }

func (m *model) step(b *blocked, kind, to string, rules ...string) {
	m.steps = append(m.steps, stepLine(b.plot.number, m.today().String(), kind, to, strings.Join(rules, "+")))
	for _, rule := range rules {
		m.rises[rule]++
	}
}

// stepLine is a step of a story in words, the same for what must be and what was.
func stepLine(number int, day, kind, to, rules string) string {
	line := fmt.Sprintf("%s case %d: %s", day, number, kind)
	if to != "" {
		line += " to " + to
	}
	if rules != "" {
		line += " by " + rules
	}
	return line
}

// of is the blocker of a plot; there is one at most.
func (m *model) of(p *plot) *blocked {
	for _, b := range m.blocked {
		if b.plot == p {
			return b
		}
	}
	return nil
}

// raise puts a blocker at its forum today. By nobody means by rule, and then its chair owns it.
func (m *model) raise(p *plot, by string) *blocked {
	forum := m.forums[p.forum]
	b := &blocked{plot: p, owner: p.owner, open: true, acted: map[string]bool{}, raisedOn: m.today()}
	if by == "" {
		b.owner = forum.chair
	}
	m.blocked = append(m.blocked, b)
	m.stand(b, 0, by)
	m.step(b, "raised", forum.ladder[0].name)
	m.tell("owner", b, b.owner)
	m.judge(b, by)
	return b
}

func (m *model) stand(b *blocked, level int, by string) {
	at := m.forums[b.plot.forum].ladder[level]
	b.level, b.since, b.snoozed = level, m.today(), clock.Date{}
	b.told = by != "" && slices.Contains(at.holders, by)
	b.remind = workingDaysLater(m.today(), at.answer+1)
}

// morning is what the rules demand of a working day.
func (m *model) morning() {
	if !officeIsOpen(m.today()) {
		return
	}
	for _, p := range m.stuck() {
		m.raise(p, "")
	}
	for _, b := range m.blocked {
		if b.open {
			m.judge(b, "")
		}
	}
	m.chase()
}

// stuck are the plots with too many deferrals or a disagreement that nobody raised.
func (m *model) stuck() (found []*plot) {
	for _, p := range m.plots {
		if m.of(p) == nil && (m.deferredTooOften(p) || m.fundersDisagreed(p)) {
			found = append(found, p)
		}
	}
	return found
}

func (m *model) deferredTooOften(p *plot) bool {
	n := m.forums[p.forum].deferrals
	return n > 0 && p.deferred >= n
}

func (m *model) fundersDisagreed(p *plot) bool {
	n := m.forums[p.forum].disagreements
	return n > 0 && p.disagreed >= n
}

// judge is the ladder: what is due today, once.
func (m *model) judge(b *blocked, by string) {
	today := m.today()
	if !officeIsOpen(today) {
		return
	}
	forum := m.forums[b.plot.forum]
	if !b.snoozed.IsZero() && !today.Before(b.snoozed) {
		b.snoozed = clock.Date{}
		m.step(b, "woken", "")
		m.tell("woken", b, b.owner)
	}
	at := forum.ladder[b.level]
	var rules []string
	if b.snoozed.IsZero() && !at.board {
		if !today.Before(b.since.AddDays(at.days)) {
			rules = append(rules, "time_up")
		}
		for rule, holds := range map[string]bool{
			"deferred": m.deferredTooOften(b.plot), "funders": m.fundersDisagreed(b.plot), "birthday": m.birthdayNear(b),
		} {
			if holds && !b.acted[rule] {
				b.acted[rule] = true
				rules = append(rules, rule)
			}
		}
	}
	switch {
	case len(rules) == 0:
		m.remind(b)
	case b.level+1 < len(forum.ladder):
		m.enter(b, b.level+1, "risen", by, rules...)
	default:
		m.enter(b, b.level, "raised_again", by, rules...)
	}
}

func (m *model) birthdayNear(b *blocked) bool {
	n := m.forums[b.plot.forum].birthday
	for _, p := range append([]*plot{b.plot}, b.with...) {
		if n > 0 && !p.planned && !p.left && !m.today().Before(eighteenth(clock.MustDate(p.born)).AddDays(-n)) {
			return true
		}
	}
	return false
}

// enter takes a blocker to a level and tells those who must know: the owner, its forum's chair and clerk, and
// whoever holds the level, but not who did it. A board's chair is asked instead.
func (m *model) enter(b *blocked, level int, kind, by string, rules ...string) {
	forum := m.forums[b.plot.forum]
	for _, a := range b.asks {
		if a.state == "waiting" {
			a.state = "resolved"
		}
	}
	m.stand(b, level, by)
	at := forum.ladder[level]
	slices.Sort(rules)
	m.step(b, kind, at.name, rules...)
	people := []string{forum.chair, forum.clerk, b.owner}
	if at.board {
		again := slices.ContainsFunc(b.asks, func(a *ask) bool { return a.state == "answered" || a.state == "not_agreed" })
		b.asks = append(b.asks, &ask{of: b, at: m.now, reached: m.today(), due: actsOn(m.today().AddDays(at.days)), state: "waiting", again: again})
		m.tell("asked", b, boardsChair)
	} else {
		people = append(people, at.holders...)
	}
	notice := "moved"
	if kind == "raised_again" {
		notice = "still"
	}
	for _, person := range people {
		if person != by {
			m.tell(notice, b, person)
		}
	}
}

// remind is the chasing of a level that has not said that it has the blocker.
func (m *model) remind(b *blocked) {
	at := m.forums[b.plot.forum].ladder[b.level]
	if b.told || !b.snoozed.IsZero() || m.today().Before(b.remind) || at.board && m.waitingAsk(b) == nil {
		return
	}
	b.remind = workingDaysLater(m.today(), at.answer)
	m.step(b, "chased", "")
	for _, person := range at.holders {
		m.tell("unacknowledged", b, person)
	}
}

func (m *model) waitingAsk(b *blocked) *ask {
	for _, a := range b.asks {
		if a.state == "waiting" {
			return a
		}
	}
	return nil
}

// chase is what the date of an ask or an answer demands: once a week.
func (m *model) chase() {
	today := m.today()
	week := func(last clock.Date) bool { return last.IsZero() || !today.Before(last.AddDays(chasedEvery)) }
	for _, a := range m.everyAsk() {
		if a.state == "waiting" && a.due.Before(today) && week(a.chased) {
			a.chased = today
			m.step(a.of, "chased", "")
			m.tellOfAsk("overdue", a, boardsChair)
			m.tellOfAsk("overdue", a, boardsClerk)
		}
	}
	for _, a := range m.everyAsk() {
		if a.state != "answered" || !a.of.open || a.reconsider {
			continue
		}
		late := a.actBy.Before(today) && week(a.directorOn)
		soon := !a.actBy.Before(today) && !today.Before(a.actBy.AddDays(-warnedBefore)) && a.directorOn.IsZero() && a.answered.Before(today)
		if late || soon {
			a.directorOn = today
			m.step(a.of, "chased", "")
			kind := "undone"
			if soon {
				kind = "direction due"
			}
			m.tellOfAsk(kind, a, director)
		}
	}
	for _, a := range m.everyAsk() {
		b := a.of
		if (a.state == "answered" || a.state == "not_agreed") && b.open && !a.followedUp && m.forums[b.plot.forum].ladder[b.level].board && a.look.Before(today) {
			a.followedUp = true
			m.enter(b, b.level, "returned", "", "no_effect")
		}
	}
}

func (m *model) everyAsk() (asks []*ask) {
	for _, b := range m.blocked {
		asks = append(asks, b.asks...)
	}
	return asks
}

// digests is the look at the week: the board hears when something is new since the last digest or overdue.
func (m *model) digests() {
	today := m.today()
	if !officeIsOpen(today) {
		return
	}
	monday := today
	for monday.Weekday() != time.Monday {
		monday = monday.AddDays(-1)
	}
	if m.weeks[monday.String()] {
		return
	}
	m.weeks[monday.String()] = true
	worth := false
	for _, a := range m.everyAsk() {
		fresh := a.state == "waiting" && a.at.After(m.digest)
		late := a.state == "waiting" && a.due.Before(today)
		undone := a.state == "answered" && a.actBy.Before(today) && a.of.open && !a.reconsider
		worth = worth || fresh || late || undone
	}
	if !worth {
		return
	}
	m.digest = m.now
	for _, member := range boardsMembers {
		m.waiting = append(m.waiting, &telling{kind: "digest", to: member, stood: "", ask: &ask{reached: today}})
	}
}

// What people do. Each is told to the product and to the model alike.

func (m *model) answer(a *ask, says *boardSays) {
	today := m.today()
	b := a.of
	forum := m.forums[b.plot.forum]
	a.answered = today
	a.state, a.look = "not_agreed", today.AddDays(forum.ladder[b.level].days)
	if says.agrees {
		a.state, a.actBy = "answered", today.AddDays(says.within)
		a.look = a.actBy
	}
	for _, before := range b.asks {
		before.reconsider = before.reconsider || before != a && before.followedUp
	}
	m.step(b, "answered", "")
	for _, person := range []string{forum.chair, forum.clerk, b.owner} {
		m.tellOfAsk("answered", a, person)
	}
	if says.agrees {
		m.tellOfAsk("directed", a, director)
	}
	if says.resolvedAfter > 0 {
		b.resolving = today.AddDays(says.resolvedAfter)
	}
}

func (m *model) resolve(b *blocked, by string) {
	b.open = false
	m.step(b, "resolved", "")
	for _, a := range b.asks {
		if a.state == "waiting" {
			a.state = "resolved"
		}
	}
	if b.owner != by {
		m.tell("resolved", b, b.owner)
	}
}

func (m *model) snooze(b *blocked, until clock.Date) {
	b.snoozed = until
	m.step(b, "snoozed", "")
}

// join: the older of two at the same forum goes on for both.
func (m *model) join(stays, ends *blocked, by string) {
	forum := m.forums[stays.plot.forum]
	ends.open, ends.joined = false, stays
	stays.with = append(stays.with, ends.plot)
	m.step(ends, "joined", "")
	m.step(stays, "joined", "")
	heard := map[string]bool{by: true}
	for _, person := range []string{stays.owner, forum.chair, forum.clerk, ends.owner} {
		if heard[person] {
			continue
		}
		heard[person] = true
		m.waiting = append(m.waiting, &telling{kind: "joined", about: stays, other: ends, to: person})
	}
}

// tell causes a notice. The same thing that still waits for somebody is said once, and stands in the inbox anew.
func (m *model) tell(kind string, b *blocked, to string) {
	for _, t := range m.waiting {
		if t.kind == kind && t.about == b && t.to == to {
			t.stood = ""
			return
		}
	}
	m.waiting = append(m.waiting, &telling{kind: kind, about: b, to: to})
}

func (m *model) tellOfAsk(kind string, a *ask, to string) {
	for _, t := range m.waiting {
		if t.kind == kind && t.ask == a && t.to == to {
			t.stood = ""
			return
		}
	}
	m.waiting = append(m.waiting, &telling{kind: kind, about: a.of, ask: a, to: to})
}

// settle is the end of a moment: what was caused stands in the inboxes, and what may go by mail goes.
func (m *model) settle() {
	today := m.today()
	hour := m.now.In(clock.London).Hour()
	leaves := officeIsOpen(today) && hour >= 8 && hour < 18
	var kept []*telling
	for _, t := range m.waiting {
		text, holds := m.write(t)
		if !holds {
			continue // nobody has read it: it goes from the inbox too
		}
		if t.stood == "" {
			t.stood = fmt.Sprintf("%s %s: %s", today, t.to, text)
		}
		if !leaves {
			kept = append(kept, t)
			continue
		}
		m.inbox = append(m.inbox, t.stood)
		m.mails = append(m.mails, fmt.Sprintf("%s %s: %s", today, t.to, text))
	}
	m.waiting = kept
}

// write is a notice in words, and whether it is still true. {12} stands for the number of case 12's blocker.
func (m *model) write(t *telling) (text string, holds bool) {
	if t.kind == "digest" {
		return fmt.Sprintf("%s: digest of %s.", theBoard, t.ask.reached.Long()), true
	}
	b := t.about
	forum := m.forums[b.plot.forum]
	at := forum.ladder[b.level]
	number := fmt.Sprintf("{%d}", b.plot.number)
	switch t.kind {
	case "owner":
		return fmt.Sprintf("You own a blocker: %s, %s.", number, forum.name), b.open
	case "moved":
		return fmt.Sprintf("Blocker %s is now with %s.", number, at.name), b.open
	case "still":
		return fmt.Sprintf("Blocker %s is still stuck with %s.", number, at.name), b.open
	case "unacknowledged":
		return fmt.Sprintf("Blocker %s waits for you to acknowledge it.", number), b.open && !b.told && at.board == (m.waitingAsk(b) != nil)
	case "woken":
		return fmt.Sprintf("The snooze of blocker %s has ended.", number), b.open
	case "resolved":
		return fmt.Sprintf("Blocker %s is resolved.", number), !b.open
	case "joined":
		return fmt.Sprintf("Blocker {%d} joined %s: %s.", t.other.plot.number, number, forum.name), true
	case "asked":
		last := b.asks[len(b.asks)-1]
		way := "Escalated to"
		if last.again {
			way = "Back at"
		}
		return fmt.Sprintf("%s %s: an answer is due by %s.", way, theBoard, last.due.Long()), last.state == "waiting"
	case "answered":
		return fmt.Sprintf("The board has answered: blocker %s, %s.", number, forum.name), true
	case "directed":
		return fmt.Sprintf("%s asks you to act by %s.", theBoard, t.ask.actBy.Long()), b.open
	case "overdue":
		return fmt.Sprintf("An answer is overdue: %s, blocker %s.", theBoard, number), t.ask.state == "waiting"
	case "undone":
		return fmt.Sprintf("Overdue: what %s directed about blocker %s.", theBoard, number), b.open
	case "direction due":
		return fmt.Sprintf("Due by %s: what %s directed about blocker %s.", t.ask.actBy.Long(), theBoard, number), b.open
	default:
		panic("the model has no words for " + t.kind)
	}
}

// decided is a decision of the forum about a case.
func (m *model) decided(p *plot, what doing) {
	switch what {
	case defers:
		p.deferred++
	case agrees:
		p.deferred, p.disagreed = 0, 0
	case disputes:
		p.disagreed++
	}
	b := m.of(p)
	switch {
	case b == nil && (m.deferredTooOften(p) || m.fundersDisagreed(p)):
		m.raise(p, "")
	case b != nil && b.open:
		m.judge(b, "")
	}
}

// acknowledgeAll: whoever holds a blocker says that they have it as the plots have it.
func (m *model) acknowledgeAll() {
	for _, b := range m.blocked {
		at := m.forums[b.plot.forum].ladder[b.level]
		after := b.plot.acknowledged
		if b.open && !b.told && after != neverAnswering && !m.today().Before(b.since.AddDays(after)) && (!at.board || m.waitingAsk(b) != nil) {
			b.told = true
			m.step(b, "acknowledged", "")
		}
	}
}

// boardAnswers: the board answers, and forums resolve what was answered, as the plots have it.
func (m *model) boardAnswers() {
	for _, a := range m.everyAsk() {
		says := a.of.plot.board
		switch {
		case says == nil || !a.of.open:
		case a.state == "waiting" && !m.today().Before(a.reached.AddDays(says.after)):
			m.answer(a, says)
		case !a.answered.IsZero() && says.resolvedAfter > 0 && !m.today().Before(a.answered.AddDays(says.resolvedAfter)):
			m.resolve(a.of, m.forums[a.of.plot.forum].chair)
		}
	}
}
