package room

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/requests"
	"quorate/panels"
	"quorate/panels/calendar"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/fault"
	"quorate/server/base/money"
)

// Project makes the view of one viewer from the state of a room: a pure function, by the rule in
// viewer.go. All of it but Me depends only on the viewer's audience.
func Project(state State, viewer Viewer) View {
	p := projector{state, viewer}
	if viewer.Screen {
		return p.screen()
	}
	view := View{
		Seq: state.Seq(), Meeting: p.meeting(), Chair: p.chair(), People: p.people(), Items: []ItemLine{}, Notes: p.notes(), Writing: p.writing(), Actions: p.actions(),
		Arising: p.arising(), List: p.list(), Choices: p.choices(), Me: Me(state, viewer),
	}
	for _, item := range state.Items {
		if !viewer.omits(item) {
			view.Items = append(view.Items, p.line(item))
		}
	}
	if viewer.AtTable {
		view.Consent = p.consent()
	}
	open, isOpen := state.open()
	view.Quorum = p.quorum(open)
	if !isOpen || viewer.omits(open) {
		return view
	}
	view.Item = p.item(open)
	if view.Item.Hidden != "" {
		return view
	}
	if viewer.joins(open) {
		view.Vote = p.vote(open)
		if waiting, found := state.awaiting(open.ID); found {
			shown := state.AwaitingView(waiting)
			view.Awaiting = &shown
		}
	}
	if decision, found := state.decision(open.ID); found && !viewer.isFamily(open) {
		shown := p.decision(decision)
		view.Decision = &shown
	}
	return view
}

type projector struct {
	State
	viewer Viewer
}

var statusWords = map[panels.MeetingStatus]string{
	panels.Scheduled: "Not started", panels.InSession: "In session", panels.Adjourned: "Adjourned",
	panels.Closed: "Closed", panels.Cancelled: "Cancelled",
}

func (p projector) meeting() MeetingView {
	m, method := p.Meeting, p.Terms.VotingMethod
	if m.Between() { // nobody hears anybody
		method = panels.Devices
	}
	return MeetingView{
		ID: m.ID, Kind: m.Kind, ForumID: m.ForumID, ForumSlug: p.Forum.Slug, Forum: p.Forum.Name, StartsAt: m.StartsAt.UTC(), EndsAt: m.EndsAt.UTC(),
		When: clock.Moment(m.StartsAt), Venue: m.Venue, JoiningLink: m.JoiningLink, Status: m.Status, StatusWords: p.standing(),
		Method: method, Rule: p.Terms.VotingRule, RuleWords: ruleWords[p.Terms.VotingRule], CastingVote: p.Terms.CastingVote,
		Decides: p.Terms.Decides, ListMode: p.Terms.ListMode, Private: p.Terms.PrivateDeliberation,
		Chair: p.chairNames(), OtherChair: p.Chaired.OtherName(), BothConfirm: p.Terms.BothChairsConfirm,
		PausedAt: inUTC(m.PausedAt), PausedText: m.PausedText, FirstOn: firstOn(m),
	}
}

// standing is where the meeting has got to, in words.
func (s State) standing() string {
	switch {
	case s.Meeting.Status == panels.InSession && s.Meeting.PausedAt != nil:
		return s.pauseWords()
	case s.Meeting.Status == panels.Adjourned && s.Meeting.StartsAt.After(s.Now):
		return "Adjourned until " + clock.Moment(s.Meeting.StartsAt)
	}
	return statusWords[s.Meeting.Status]
}

func inUTC(at *time.Time) *time.Time {
	if at == nil {
		return nil
	}
	utc := at.UTC()
	return &utc
}

// firstOn is the day on which a meeting that was adjourned to another day first sat.
func firstOn(m panels.Meeting) string {
	if m.FirstStartsAt == nil || clock.DateOf(*m.FirstStartsAt) == m.On() {
		return ""
	}
	return clock.DateOf(*m.FirstStartsAt).Long()
}

// chair is what those who may be in the chair need to run the meeting.
func (p projector) chair() *ChairView {
	if !p.viewer.Chair {
		return nil
	}
	view := &ChairView{Pace: p.pace(), HandTo: []Choice{}, Lasts: p.Terms.DurationMinutes}
	if p.Meeting.Status == panels.InSession && p.Terms.Chairing != panels.TwoJointly {
		view.HandTo = p.handTo()
	}
	if at, err := calendar.ParseTimeOfDay(p.Terms.StartTime); err == nil {
		view.AtUsed = at.Words()
	}
	return view
}

// people lists everyone with a part in the meeting: at the table in its order, then guests, then presenters.
func (p projector) people() []PersonView {
	open, isOpen := p.open()
	people := []PersonView{}
	at := map[uuid.UUID]int{}
	add := func(id uuid.UUID, name string) int {
		if i, there := at[id]; there {
			return i
		}
		person := PersonView{PersonID: id, Name: name, Seats: []SeatView{}, LeftItem: isOpen && !p.viewer.onlyGuest(open) && !p.viewer.isFamily(open) && !p.viewer.omits(open) && p.Table.Left(id, open.ID)}
		person.Voteless = isOpen && !p.viewer.onlyGuest(open) && !p.viewer.isFamily(open) && !p.viewer.omits(open) && p.Table.MaySpeakOnly(id, open.ID)
		if here, came := p.Table.Here[id]; came {
			since := here.At.UTC()
			person.Present, person.Remote, person.Since = here.Present, here.Remote, &since
		}
		people = append(people, person)
		at[id] = len(people) - 1
		return at[id]
	}
	for _, place := range p.Table.Places {
		sitting, taken := p.Table.Sitting(place, open.ID)
		for _, sitter := range place.Fills {
			i := add(sitter.PersonID, sitter.Name)
			seat := SeatView{
				SeatID: place.Seat.ID, Name: place.Seat.Name, Agency: place.Agency.Name,
				Office: string(place.Seat.Office), Standing: string(place.Seat.Standing),
				Deputy: sitter.DeputyOrder > 0, Sitting: taken && sitting.PersonID == sitter.PersonID,
			}
			if holder := place.Fills[0]; seat.Deputy && holder.DeputyOrder == 0 {
				seat.For = holder.Name
			}
			people[i].Seats = append(people[i].Seats, seat)
		}
	}
	for _, guest := range p.Table.Guests {
		item, found := p.State.item(guest.ItemID)
		if !found || p.viewer.hides(p.State, item) != "" || !p.takesGuests(item) && !p.Table.Present(guest.PersonID) {
			continue
		}
		place := guest.place()
		sitting, taken := p.Table.Sitting(place, open.ID)
		i := add(guest.PersonID, guest.Name)
		people[i].Seats = append(people[i].Seats, SeatView{
			SeatID: guest.ID, Name: guest.as(place, item.Number), Agency: guest.Agency.Name, Office: string(place.Seat.Office), Standing: guestStanding,
			Sitting: taken && sitting.PersonID == guest.PersonID && isOpen && open.ID == item.ID,
		})
	}
	for _, item := range p.Items {
		if item.PresenterID != nil && !p.viewer.omits(item) {
			add(*item.PresenterID, p.Presenter[*item.PresenterID])
		}
	}
	if isOpen && p.private(open) {
		for i, person := range people {
			people[i].Out = person.Present && !p.deliberates(person, open)
		}
	}
	return people
}

// deliberates reports whether somebody stays when an item is deliberated in private: whoever sits at the
// table, and the item's guest.
func (p projector) deliberates(person PersonView, item Item) bool {
	return p.Table.joins(person.PersonID, item.ID) || slices.ContainsFunc(person.Seats, func(seat SeatView) bool {
		return seat.Standing == string(access.Deciding) || seat.Standing == string(access.Advisory) ||
			seat.Office == string(access.Chair) || seat.Office == string(access.DeputyChair) || seat.Office == string(access.Clerk)
	})
}

// quorum is the open item's. Whoever may not see that item is not told who is asked to pay for it.
func (p projector) quorum(open Item) QuorumView {
	var funders []panels.Agency
	if !p.viewer.omits(open) && p.viewer.hides(p.State, open) == "" && !p.viewer.isFamily(open) {
		funders = p.funders(open)
	}
	q := QuorumFor(p.Table.answered(p.runs(open.ID)), p.Terms, open.ID, funders)
	whole := QuorumFor(p.Table, p.Terms, uuid.Nil, nil)
	return QuorumView{
		Quorate: q.Met, Counted: q.Counted, Needed: q.Needed, Missing: append([]string{}, q.Missing...), Words: q.Words(),
		MeetingQuorate: whole.Met, MeetingMissing: append([]string{}, whole.Missing...), MeetingWords: whole.Words(),
	}
}

// title is what an item is called: a young person's name, on a board their alias.
func (p projector) title(item Item) string {
	switch {
	case item.CaseID == nil:
		return item.Title
	case item.Kind == agendas.RatifyItem:
		return item.Title + ", " + item.Forename + " " + item.Surname
	case p.Forum.Board:
		return item.Alias
	default:
		return item.Forename + " " + item.Surname
	}
}

func (p projector) line(item Item) ItemLine {
	line := ItemLine{ID: item.ID, Number: item.Number, Progress: item.Progress, TakenOff: item.State == agendas.TakenOff, Hidden: p.viewer.hides(p.State, item)}
	if line.Hidden != "" {
		return line
	}
	line.Kind, line.Title, line.Minutes = string(item.Kind), p.title(item), item.Minutes
	if !p.Forum.Board {
		line.Reference = item.Reference()
	}
	if decision, found := p.State.decision(item.ID); found && !p.viewer.isFamily(item) {
		line.Outcome = decision.Outcome.Words()
	}
	if said := p.Ratified[item.ID].Ratification; said != nil && !p.viewer.isFamily(item) {
		line.Outcome = said.outcome()
	}
	return line
}

func (p projector) item(item Item) *ItemView {
	view := &ItemView{ItemLine: p.line(item), Stage: item.Stage, Reasons: []ReasonView{}, Papers: []PaperView{}, Interests: []InterestView{}, Law: []string{}, Conflicted: []Choice{}, Outcomes: []OutcomeChoice{}, NotOurs: []string{}, EarlierMinutes: []EarlierMinutes{}, Replaceable: []Choice{}}
	if item.OpenedAt != nil {
		opened := item.OpenedAt.UTC()
		view.OpenedAt = &opened
	}
	view.SpentSince = item.SpentSeconds
	if view.Hidden != "" {
		return view
	}
	view.LedBy = p.Table.ledBy(item.ID)
	view.Reasons = reasons(item)
	view.AgeWords, view.Views = p.age(item), p.ownViews(item)
	if p.viewer.isFamily(item) {
		return p.ownItem(view, item)
	}
	if !p.Forum.Board && !p.viewer.onlyGuest(item) {
		view.CaseID, view.Objection = item.CaseID, item.Objection
	}
	if !p.Forum.Board {
		for _, body := range []panels.Body{panels.BodyOf(item.ResponsibleCouncil, item.OurCouncil), panels.BodyOf(item.ResponsibleICB, item.OurICB)} {
			if body.NotOurs {
				view.NotOurs = append(view.NotOurs, body.Name)
			}
		}
	}
	if item.PresenterID != nil {
		view.Presenter = p.Presenter[*item.PresenterID]
	}
	if item.RequestID != nil {
		view.Request = p.request(item)
	}
	for _, paper := range p.Papers[item.ID] {
		view.Papers = append(view.Papers, PaperView{ID: paper.ID, Name: paper.Name, Late: paper.LateReason})
	}
	view.Interests, view.EarlierMinutes, view.Law = p.interestsIn(item), p.earlierMinutes(item), p.lawOf(item)
	view.Ratifies, view.Asked = p.ratifies(item), p.asked(item)
	if p.viewer.Chair || p.viewer.Clerk {
		for _, funder := range p.conflicted(item) {
			view.Conflicted = append(view.Conflicted, Choice{ID: funder.ID, Text: funder.Name})
		}
	}
	if p.viewer.Chair && view.Ratifies == nil && p.Asked[item.ID].Settled() == "" {
		view.Outcomes = grounds(p.Table, p.Terms, item, p.runs(item.ID)).choices()
		for i := range view.Outcomes {
			view.Outcomes[i].Needs = p.State.needsOf(item, view.Outcomes[i].Outcome, nil)
		}
		view.Replaceable = append(view.Replaceable, p.Replaceable[item.ID]...)
	}
	return view
}

// ownItem is what of an item the young person it is about sees, or who supports them.
func (p projector) ownItem(view *ItemView, item Item) *ItemView {
	view.Views = ""
	if item.PresenterID != nil {
		view.Presenter = p.Presenter[*item.PresenterID]
	}
	if item.RequestID != nil {
		view.Request = &RequestView{ID: *item.RequestID, Need: item.Need, Owed: item.AlreadyOwed, StartOn: item.StartsOn, Split: []ShareView{}}
	}
	return view
}

// ledBy names the young person who chairs an item that is about them, or who supports them; "" where nobody does.
func (t Table) ledBy(itemID uuid.UUID) string {
	for _, guest := range t.Guests {
		if guest.ItemID == itemID && guest.Leads {
			return guest.Name
		}
	}
	return ""
}

func reasons(item Item) []ReasonView {
	list := make([]ReasonView, 0, len(item.Reasons))
	for _, reason := range item.Reasons {
		list = append(list, ReasonView{Text: reason.Text, On: reason.On, DaysLeft: reason.DaysLeft, Law: reason.Law})
	}
	return list
}

// age is "17 years, 18 on 4 March 2027"; on a board only the band.
func (p projector) age(item Item) string {
	switch {
	case item.Age != nil:
		return calendar.AgeBand(*item.Age)
	case item.Born.IsZero():
		return ""
	}
	day := p.Meeting.On()
	age := fmt.Sprintf("%d years", calendar.Age(item.Born, day))
	if eighteenth := calendar.Birthday(item.Born, 18); eighteenth.After(day) {
		age += ", 18 on " + eighteenth.Long()
	}
	return age
}

// ownViews is what is missing of the young person's own views: the meeting is about a person.
func (p projector) ownViews(item Item) string {
	if item.CaseID == nil || p.Forum.Board || !item.ViewsRecordedOn.IsZero() {
		return ""
	}
	return "The young person’s own views are not on record"
}

// interestsIn are those declared at this meeting in an item, or in another about the same young person.
func (p projector) interestsIn(item Item) []InterestView {
	list := []InterestView{}
	if p.viewer.onlyGuest(item) {
		return list
	}
	for _, interest := range p.Table.Interests {
		declared, found := p.State.item(interest.ItemID)
		sameCase := found && declared.StandingCase != nil && item.StandingCase != nil && *declared.StandingCase == *item.StandingCase
		if interest.ItemID == item.ID || sameCase {
			list = append(list, p.interest(interest))
		}
	}
	return list
}

func (p projector) interest(interest Interest) InterestView {
	name, _ := p.Table.name(interest.PersonID)
	view := interest.view(name)
	if !p.viewer.Chair && !p.viewer.Clerk {
		view.Kind, view.Reason, view.Answer = "", "", "" // rule 7
	}
	return view
}

func (i Interest) view(name string) InterestView {
	return InterestView{ID: i.ID, PersonID: i.PersonID, Name: name, Kind: string(i.Kind), Reason: i.Reason, Extent: i.Extent, Words: i.Extent.Words(), Answer: i.AnswerReason}
}

func (p projector) request(item Item) *RequestView {
	asked := requests.Cost{WeeklyPence: item.WeeklyPence, OneOffPence: item.OneOffPence, AnnualPence: item.AnnualPence}
	weeks := p.Terms.WeeksPerYearThousandths
	e := requests.ExposureOf(asked, item.StartsOn, item.EndsOn, clock.Date{}, item.Born, weeks)
	words := exposureWords(e)
	if item.Previous != nil {
		words += "; " + item.Previous.Compared(item.WeeklyPence)
	}
	view := &RequestView{
		ID: *item.RequestID, Need: item.Need, Owed: item.AlreadyOwed, StartOn: item.StartsOn, EndOn: item.EndsOn, LifeOn: lifeOn(item.Born), Weeks: weeks,
		Split: p.shares(item.Shares, weeks), WeeklyPence: item.WeeklyPence, OneOffPence: item.OneOffPence, AnnualPence: e.AnnualPence, ExposureText: words,
		Presets: []Preset{}, Year: YearView{Commitments: []CommitmentView{}},
	}
	if p.viewer.AtTable {
		view.Year = p.year(item, p.viewer.Left)
	}
	if p.viewer.Chair {
		view.Presets = append(view.Presets, p.presets(item)...)
	}
	return view
}

func (p projector) shares(split []Share, weeksThousandths int) []ShareView {
	list := make([]ShareView, 0, len(split))
	for _, share := range split {
		list = append(list, p.share(share, weeksThousandths))
	}
	return list
}

func (s State) share(share Share, weeksThousandths int) ShareView {
	view := ShareView{
		AgencyID: share.AgencyID, Agency: s.agency(share.AgencyID).Name, WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence,
		AnnualPence: requests.AnnualPence(share.WeeklyPence, weeksThousandths), Words: amountWords(share.WeeklyPence, share.OneOffPence),
		WithoutPrejudice: share.WithoutPrejudice,
	}
	if share.WithoutPrejudice {
		view.Words += ", without prejudice"
	}
	return view
}

// vote shows the item's latest vote, with the earlier runs.
func (p projector) vote(item Item) *VoteView {
	runs := p.runs(item.ID)
	if len(runs) == 0 {
		return nil
	}
	var earlier []VoteView
	for _, run := range runs[:len(runs)-1] {
		earlier = append(earlier, p.run(run))
	}
	last := p.run(runs[len(runs)-1])
	last.Exposure = p.exposureOf(item, runs[len(runs)-1])
	last.Earlier = append([]VoteView{}, earlier...)
	return &last
}

func (p projector) run(vote Vote) VoteView {
	view := VoteView{
		ID: vote.ID, ItemID: vote.ItemID, Run: vote.Run, Open: vote.IsOpen(), Proposal: vote.proposal(), Text: vote.Text,
		Outcome: vote.Outcome, Rule: ruleWords[vote.Rule], Provisional: vote.Provisional,
		Split: p.shares(vote.split(), p.Terms.WeeksPerYearThousandths), StartOn: vote.StartOn, EndOn: vote.EndOn, ReviewOn: vote.ReviewOn,
		OpenedAt: vote.OpenedAt.UTC(), Voted: len(vote.Ballots), May: choices(vote.Rule), Voters: []VoterView{}, Earlier: []VoteView{},
	}
	for _, share := range view.Split {
		view.AnnualPence += share.AnnualPence
	}
	voters := vote.Voters
	if vote.IsOpen() {
		voters = vote.asked(p.Table, vote.funders(p.Agencies))
	} else {
		closed := vote.ClosedAt.UTC()
		view.ClosedAt, view.Result, view.Carried, view.Tied = &closed, vote.Result, vote.Carried, vote.Tied
	}
	view.Of = len(voters)
	seen := !vote.IsOpen() || vote.Method == panels.Spoken
	for _, voter := range voters {
		shown := VoterView{SeatID: voter.SeatID, For: voter.Name, ForID: voter.For, Name: voter.Person, Deputy: voter.Deputy, Absent: voter.Absent}
		if ballot, given := vote.standing(voter.For); given {
			shown.Voted, shown.CarriedFrom = true, p.runOf(vote.ItemID, ballot.CarriedFrom)
			if seen {
				given := ballot.Position.given(ballot.Condition)
				shown.BallotID, shown.Position, shown.Words, shown.Condition, shown.Reason = ballot.ID, given, given.Words(), ballot.Condition, ballot.Reason
				shown.Recommendation, shown.Disputed, shown.Record = ballot.Recommendation, ballot.Disputed, p.recordOf(ballot)
			}
		}
		view.Voters = append(view.Voters, shown)
	}
	return view
}

// decision is a decision as the viewer may see it.
func (p projector) decision(d Decision) DecisionView {
	view := p.State.DecisionView(d)
	if item, _ := p.State.item(d.ItemID); !p.viewer.joins(item) {
		view.outcomeOnly()
	}
	return view
}

// outcomeOnly leaves out how a decision came about, for those who are told the outcome (rule 6).
func (d *DecisionView) outcomeOnly() {
	d.Facts = slices.DeleteFunc(slices.Clone(d.Facts), func(f Fact) bool { return f.Name == countedFact })
}

// countedFact names who sat there for whom when the decision was made.
const countedFact = "Counted towards it"

// DecisionView shows a decision as it stands on the record.
func (s State) DecisionView(d Decision) DecisionView {
	view := DecisionView{
		ID: d.ID, ItemID: d.ItemID, Outcome: d.Outcome, Words: d.Outcome.Words(), Standing: d.standingWords(), Reasons: d.Reasons,
		Split: []ShareView{}, StartOn: d.StartOn, ReviewOn: d.ReviewOn, Facts: d.facts(),
		ConfirmedBy: d.Names.ConfirmedBy, ConfirmedAt: d.ConfirmedAt.UTC(), Corrections: []Correction{},
	}
	for _, share := range d.split() {
		view.Split = append(view.Split, s.share(share, d.WeeksThousandths))
	}
	view.Conditions, view.Needs = d.conditionViews(clock.DateOf(s.Now)), d.needViews()
	view.Replaces, view.ReplacedBy = d.Names.Replaces.view(), d.Names.ReplacedBy.view()
	if at := d.boundAt(); at != nil {
		bound := at.UTC()
		view.BoundAt = &bound
	}
	for _, c := range d.Corrections {
		view.Corrections = append(view.Corrections, Correction{Wrong: c.Wrong, Right: c.Right, Reason: c.Reason, By: c.By, At: c.CorrectedAt.UTC()})
	}
	return view
}

// facts are what an outcome calls for beside its reasons.
func (d Decision) facts() []Fact {
	facts := []Fact{}
	add := func(name, text string) {
		if text != "" {
			facts = append(facts, Fact{Name: name, Text: text})
		}
	}
	if d.Names.Why != "" {
		add("Decided between meetings", d.Names.Kind.Words()+". Why it could not wait: "+d.Names.Why)
		add("Ratification", d.Names.RatificationWords(d.Outcome))
	}
	if d.EscalationID != nil && d.Outcome == Agreed {
		add("Direction", d.Direction)
		add("To be done by", d.Names.Owner)
		add("By", d.ActBy.Long())
	}
	add("How the need is met meanwhile", d.Meanwhile)
	add("How to challenge this", d.Challenge.Words())
	add("What is missing", d.Missing)
	if d.Names.NextMeetingAt != nil {
		add("Deferred to", clock.Moment(*d.Names.NextMeetingAt))
	}
	if d.Outcome == Referred {
		add("Referred to", d.Names.NextForum)
	}
	add("What happens next", d.WhatNext)
	if !d.EndOn.IsZero() {
		add("Ends on", d.EndOn.Long())
	}
	if d.WithoutPrejudice {
		add("Without prejudice", "Paid in the interim while a dispute runs, and may be reclaimed")
	}
	if d.CastingVote != "" {
		add("Casting vote", "The chair: "+d.CastingVote.Words())
	}
	switch {
	case d.EscalationID != nil: // no need is assessed
	case d.AssessorPresent:
		add("Assessor", "Somebody with the assessor’s expertise took part")
	case d.Outcome.agrees() || d.Outcome == Provisional || d.Outcome == NotAgreed:
		add("Assessor", "Nobody with the assessor’s expertise is recorded as taking part")
	}
	add("Quorum", d.Quorum)
	add(countedFact, d.Counted)
	return facts
}

// notes are every item's for those who write them, and the open item's for the others at the table.
func (p projector) notes() []NoteView {
	list := []NoteView{}
	if !p.viewer.AtTable {
		return list
	}
	open, _ := p.open()
	for _, note := range p.Notes {
		item, _ := p.State.item(note.ItemID)
		if p.viewer.hides(p.State, item) != "" || !p.viewer.Chair && !p.viewer.Clerk && note.ItemID != open.ID {
			continue
		}
		list = append(list, note.view())
	}
	return list
}

// writing is who writes the notes of each item, for those who may write them.
func (p projector) writing() []PenView {
	list := []PenView{}
	if !p.viewer.Chair && !p.viewer.Clerk {
		return list
	}
	for _, pen := range p.Pens {
		item, found := p.State.item(pen.ItemID)
		if !found || p.viewer.hides(p.State, item) != "" || p.Table.Left(pen.HolderID, pen.ItemID) {
			continue
		}
		view := PenView{ItemID: pen.ItemID, PersonID: pen.HolderID, Name: pen.Holder, AskedBy: pen.AskedByID, Asker: pen.AskedBy, RestsAt: pen.passesAt(uuid.Nil).UTC()}
		view.PassesAt = view.RestsAt
		if pen.AskedByID != nil {
			view.PassesAt = pen.passesAt(*pen.AskedByID).UTC()
		}
		list = append(list, view)
	}
	return list
}

// notesOn are the notes of one item.
func (p projector) notesOn(itemID uuid.UUID) []NoteView {
	list := []NoteView{}
	for _, note := range p.Notes {
		if note.ItemID == itemID {
			list = append(list, note.view())
		}
	}
	return list
}

func (n Note) view() NoteView {
	return NoteView{ID: n.ID, ItemID: n.ItemID, Version: n.Version, Text: n.Text, Author: n.Author, At: n.At.UTC()}
}

func (p projector) actions() []ActionView {
	list := []ActionView{}
	if !p.viewer.AtTable {
		return list
	}
	for _, action := range p.Actions {
		if action.ItemID != nil {
			if item, found := p.State.item(*action.ItemID); !found || p.viewer.hides(p.State, item) != "" {
				continue
			}
		}
		list = append(list, ActionView{
			ID: action.ID, ItemID: action.ItemID, Owner: action.Owner, OwnerIDs: append([]uuid.UUID{}, action.OwnerIDs...), Agency: action.Agency,
			DueOn: action.DueOn, Text: action.Text, Done: action.DoneAt != nil, DoneText: action.DoneText,
		})
	}
	return list
}

// list is the walk down the names, for those at the table.
func (p projector) list() []ListRow {
	rows := []ListRow{}
	if !p.Terms.ListMode || !p.viewer.AtTable {
		return rows
	}
	for _, item := range p.Items {
		if item.Kind != agendas.CaseItem {
			continue
		}
		row := ListRow{ItemID: item.ID, Number: item.Number, Open: item.Progress == Open, Reasons: []ReasonView{}, Referred: []string{}, Hidden: p.viewer.hides(p.State, item)}
		if row.Hidden == "" {
			row.Name, row.Reference, row.Age, row.Reasons = p.title(item), item.Reference(), p.age(item), reasons(item)
			row.Worker, row.RAG, row.NextStep, row.Discussed, row.Views = item.AllocatedWorker, item.RAG, item.NextStep, item.Discussed, p.ownViews(item)
			for _, referral := range p.Referrals {
				if referral.ItemID == item.ID {
					row.Referred = append(row.Referred, referral.ToForum)
				}
			}
			for _, action := range p.Actions {
				if action.ItemID != nil && *action.ItemID == item.ID {
					row.Actions++
				}
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (p projector) choices() ChoicesView {
	view := ChoicesView{Agencies: []Choice{}, Funders: []Choice{}, Owners: []Choice{}, People: []Choice{}, Forums: []Choice{}, Meetings: []Choice{}, CannotEndorse: []uuid.UUID{}}
	if !p.viewer.Chair && !p.viewer.Clerk {
		return view
	}
	agencies := slices.Clone(p.Agencies)
	slices.SortStableFunc(agencies, func(a, b panels.Agency) int {
		rank := func(a panels.Agency) int {
			if a.Funder {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Name, b.Name))
	})
	open, isOpen := p.open()
	for _, agency := range agencies {
		if agency.Kind == panels.Families {
			continue
		}
		choice := Choice{ID: agency.ID, Text: agency.Name}
		view.Agencies = append(view.Agencies, choice)
		if agency.Funder {
			view.Funders = append(view.Funders, choice)
		}
		if isOpen && !p.State.somebodyAnswers(Need{Kind: Endorsement}, agency, open) {
			view.CannotEndorse = append(view.CannotEndorse, agency.ID)
		}
	}
	view.Owners = append(view.Owners, p.Owners...)
	view.People = append(view.People, p.People...)
	view.Forums = append(view.Forums, p.Forums...)
	view.Meetings = append(view.Meetings, p.Meetings...)
	return view
}

// Me is what is one viewer's alone.
func Me(state State, viewer Viewer) MeView {
	if viewer.Screen {
		return MeView{Positions: []MyPosition{}, Interests: []InterestView{}, Presents: []uuid.UUID{}, Answers: []ToAnswer{}, Written: []WrittenView{}}
	}
	here := state.Table.Here[viewer.PersonID]
	me := MeView{
		PersonID: viewer.PersonID, Name: viewer.Name, Chair: viewer.Chair, Clerk: viewer.Clerk, Observing: !viewer.AtTable && len(viewer.Guest) == 0 && len(viewer.Family) == 0,
		Present: here.Present, Remote: here.Remote, Positions: []MyPosition{}, Consents: []MyConsent{}, Interests: []InterestView{}, Presents: append([]uuid.UUID{}, viewer.Presents...),
		Answers: state.toAnswer(viewer), InChair: viewer.InChair, Guest: !viewer.AtTable && len(viewer.Guest)+len(viewer.Family) > 0, Family: !viewer.AtTable && len(viewer.Family) > 0, Written: state.writtenFor(viewer),
	}
	if open, isOpen := state.open(); isOpen && viewer.isFamily(open) && !state.private(open) {
		me.Leads = state.Table.leads(viewer.PersonID, open.ID)
	}
	if viewer.InChair {
		next := Next(state, viewer)
		me.Next = &next
	}
	for _, interest := range state.Table.Interests {
		if interest.PersonID == viewer.PersonID {
			me.Interests = append(me.Interests, interest.view(viewer.Name))
		}
	}
	if viewer.AtTable && state.Meeting.Status != panels.Closed && len(state.consentItems()) > 0 {
		me.Objects = viewer.Chair || state.Table.decides(viewer.PersonID)
		me.Consents = append(me.Consents, state.myConsents(viewer.PersonID)...)
	}
	open, isOpen := state.open()
	runs := state.runs(open.ID)
	if waiting, found := state.awaiting(open.ID); isOpen && found && viewer.Chair {
		me.Confirms, me.SendsBack = state.mayAnswer(viewer.PersonID, waiting)
	}
	if !isOpen || !viewer.joins(open) || viewer.hides(state, open) != "" || len(runs) == 0 {
		return me
	}
	me.Positions = state.positions(runs[len(runs)-1], open.Number, viewer.PersonID)
	return me
}

// toAnswer lists the declared interests that wait for a chair's answer: not their own, and in no item that
// is closed to them or decided.
func (s State) toAnswer(v Viewer) []ToAnswer {
	waiting := []ToAnswer{}
	if !v.Chair || s.Meeting.Status == panels.Closed {
		return waiting
	}
	for _, interest := range s.Table.Interests {
		item, found := s.item(interest.ItemID)
		if interest.Extent != "" || interest.PersonID == v.PersonID || !found || v.hides(s, item) != "" {
			continue
		}
		if _, decided := s.decision(item.ID); decided {
			continue
		}
		name, _ := s.Table.name(interest.PersonID)
		waiting = append(waiting, ToAnswer{InterestView: interest.view(name), Item: item.Number})
	}
	return waiting
}

// positions are those a person gives in the open vote, or would if nothing stood against it, and after
// the close those they gave.
func (s State) positions(vote Vote, itemNumber string, personID uuid.UUID) []MyPosition {
	mine := []MyPosition{}
	if !s.Table.votes(personID) {
		return mine // most of those who look on
	}
	funders := vote.funders(s.Agencies)
	for _, place := range s.Table.speaking(vote.ItemID) {
		if !s.Table.mayEverFill(personID, place.Seat.ID) {
			continue
		}
		my := MyPosition{VoteID: vote.ID, SeatID: place.Seat.ID, For: place.Agency.Name, May: []Position{}}
		if my.For == "" {
			my.For = place.Seat.Name
		}
		voter, err := vote.asks(s.Table, funders, place.Seat.ID, personID)
		if err == nil {
			if slices.ContainsFunc(mine, func(other MyPosition) bool { return other.For == voter.Name }) {
				continue // another of their seats speaks for the same agency
			}
			my.For = cmp.Or(voter.Name, my.For)
			s.give(&my, vote, voter, place, s.Table.leftBy(personID))
			if given, already := vote.standing(voter.For); already && given.PersonID == personID {
				at := given.CastAt.UTC()
				my.BallotID, my.Position, my.Condition, my.Reason, my.RecordedAt = given.ID, given.Position.given(given.Condition), given.Condition, given.Reason, &at
				my.Recommendation = given.Recommendation
				if given.writtenDown() {
					my.By, _ = s.Table.name(given.RecordedBy)
				}
			}
			switch {
			case !vote.IsOpen():
				my.Barred = "Voting has closed"
			case vote.Method == panels.Spoken:
				my.Barred = "Say your position aloud: the clerk records it"
			default:
				err = vote.mayGive(s.Table, voter, itemNumber, personID)
			}
		}
		if refused := fault.As(err); refused != nil {
			my.Barred = refused.Sentence
		}
		if my.Barred == "" {
			my.May = choices(vote.Rule)
		}
		mine = append(mine, my)
	}
	return mine
}

// give fills in the share behind a position and the limit it is measured by, for somebody who has left for
// some of the meeting's items.
func (s State) give(my *MyPosition, vote Vote, voter Voter, place Place, left []uuid.UUID) {
	shares := vote.together(voter.For)
	switch len(shares) {
	case 0:
	case 1:
		shown := s.share(shares[0], s.Terms.WeeksPerYearThousandths)
		my.Share, my.Effect = &shown, s.effect(vote, shares[0], left)
	default: // those of one legal body
		all := Share{AgencyID: voter.For}
		all.WeeklyPence, all.OneOffPence = totals(shares)
		shown := s.share(all, s.Terms.WeeksPerYearThousandths)
		shown.Agency = voter.Name
		my.Share = &shown
	}
	if vote.aboveLimit(place, s.Terms) {
		my.LimitWords = fmt.Sprintf("You may commit %s a year. This share comes to %s in its first year, so your position is a recommendation until %s’s named officer authorises it",
			money.Pounds(place.Seat.DelegatedLimitPence), money.Pounds(vote.yearly(place.Agency, s.Terms)), place.Agency.Name)
		my.Recommendation = true
	}
}
