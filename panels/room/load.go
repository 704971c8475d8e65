package room

import (
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/agendas/papers"
	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// State is everything about one meeting's room at one event, as nobody in particular may see it.
// Only Project makes something to show of it.
type State struct {
	Now         time.Time // when it was read
	Meeting     panels.Meeting
	Forum       panels.Forum
	Terms       panels.Terms
	Table       Table
	Agencies    []panels.Agency
	Items       []Item
	Votes       []Vote // with their shares and standing ballots, in order of opening
	Decisions   []Decision
	Awaiting    []Awaiting // decisions that the other chair has still to confirm
	Chaired     panels.ChairedBy
	Notes       []Note
	Pens        []Pen
	Earlier     []Earlier // minutes that come to this meeting
	Actions     []Action
	Arising     []Arising // actions of earlier meetings that this one takes up
	Referrals   []Referral
	Papers      map[uuid.UUID][]papers.Paper // by item; who sees the item may open them
	Presenter   map[uuid.UUID]string         // names of those who present and may have no seat
	Owners      []Choice
	People      []Choice // whom a board may direct
	Forums      []Choice
	Meetings    []Choice
	Consent     consentList             // what is decided together
	Commitments []commitment            // what agencies are to pay this financial year
	Replaceable map[uuid.UUID][]Choice  // by item: decisions about the same young person that bind and that none replaces
	Asked       map[uuid.UUID]Asked     // by item: what a board is asked
	Ratified    map[uuid.UUID]Ratifying // by item: the decision taken between meetings that it puts before this one
}

// Item is one line of the agenda as the room works through it.
type Item struct {
	agendas.Item
	Progress     Progress
	Stage        Stage
	OpenedAt     *time.Time
	SpentSeconds int
	NextStep     string
	Discussed    bool

	// The young person: on a board only Alias and Age, for the query selects nothing else.
	CaseNumber      int64
	StandingCase    *uuid.UUID // the case that stands for the young person, when the item's was merged into it
	Alias           string
	Forename        string
	Surname         string
	Born            clock.Date
	Age             *int // in completed years on the meeting's day
	AllocatedWorker string
	RAG             string     `gorm:"column:rag"`
	ViewsRecordedOn clock.Date // last heard, by the tracker or by what was recorded here
	Objection       string     // to being discussed; "" when there is none

	ResponsibleCouncil, OurCouncil string // as the tracker and the partnership's setting say
	ResponsibleICB                 string `gorm:"column:responsible_icb"`
	OurICB                         string `gorm:"column:our_icb"`

	Need        string // of the request
	AlreadyOwed string
	WeeklyPence int64
	OneOffPence int64
	AnnualPence int64
	StartsOn    clock.Date
	EndsOn      clock.Date
	Previous    *requests.Previous `gorm:"serializer:json"` // what is paid now
	Shares      []Share            `gorm:"-"`

	CHCDecision string `gorm:"column:chc_decision"` // what the law asks to know, with the dates above
	Section117  bool   `gorm:"column:section_117"`
	RequestKind string
	Lines       []requests.Line `gorm:"-"`
}

// Reference is the product's case number, "Q1042", or "" for an item about no one case.
func (i Item) Reference() string {
	if i.CaseNumber == 0 {
		return ""
	}
	return tracker.CaseReference(i.CaseNumber)
}

// Seq is the number of the last event.
func (s State) Seq() int64 { return s.Meeting.RoomSeq }

func (s State) item(id uuid.UUID) (Item, bool) {
	for _, item := range s.Items {
		if item.ID == id {
			return item, true
		}
	}
	return Item{}, false
}

func (s State) open() (Item, bool) {
	for _, item := range s.Items {
		if item.Progress == Open {
			return item, true
		}
	}
	return Item{}, false
}

func (s State) decision(itemID uuid.UUID) (Decision, bool) {
	for _, decision := range s.Decisions {
		if decision.ItemID == itemID {
			return decision, true
		}
	}
	return Decision{}, false
}

func (s State) agency(id uuid.UUID) panels.Agency {
	agency, _ := agencyIn(s.Agencies, id)
	return agency
}

// runs lists the votes of an item, latest last.
func (s State) runs(itemID uuid.UUID) []Vote {
	var votes []Vote
	for _, vote := range s.Votes {
		if vote.ItemID == itemID {
			votes = append(votes, vote)
		}
	}
	return votes
}

// funders are who an item asks to pay now: by the latest vote's split, else by its request's.
func (s State) funders(item Item) []panels.Agency {
	if runs := s.runs(item.ID); len(runs) > 0 {
		return runs[len(runs)-1].funders(s.Agencies)
	}
	return fundersOf(item.Shares, s.Agencies, s.Terms.ByLegalBody)
}

// Load reads a meeting's room in a fixed number of queries, whatever its size. It checks nothing:
// what it returns is for Project.
func Load(tx db.Tx, meetingID uuid.UUID) (State, error) {
	state := State{Now: tx.Now}
	meeting, err := panels.MeetingByID(tx, meetingID)
	if err != nil {
		return State{}, err
	}
	state.Meeting = meeting
	if state.Forum, state.Terms, err = forumAndTerms(tx, meeting); err != nil {
		return State{}, err
	}
	if state.Table, err = loadTable(tx, meeting, state.Terms); err != nil {
		return State{}, err
	}
	return state, errors.Join(
		tx.Order("name, id").Find(&state.Agencies).Error,
		state.loadItems(tx),
		state.loadVotes(tx),
		state.loadDecisions(tx),
		state.loadReplaceable(tx),
		state.loadCommitments(tx),
		state.loadConsent(tx),
		state.loadRatified(tx),
		state.loadAsked(tx),
		state.loadAwaiting(tx),
		state.loadChaired(tx),
		state.loadNotes(tx),
		state.loadPens(tx),
		state.loadEarlier(tx),
		state.loadActions(tx),
		state.loadArising(tx),
		state.loadReferrals(tx),
		state.loadChoices(tx),
		state.loadPapers(tx),
	)
}

// Follow reads what is new in a room since before, with at most limit of the events between. It reads
// again only what those events can have changed: everybody waits for the next screen meanwhile.
func Follow(tx db.Tx, before State, limit int) (State, []Event, error) {
	meeting, err := panels.MeetingByID(tx, before.Meeting.ID)
	if err != nil {
		return State{}, nil, err
	}
	unmoved := before.Meeting.Version == meeting.Version && before.Meeting.AgendaVersion == meeting.AgendaVersion
	if unmoved && before.Seq() == meeting.RoomSeq {
		before.Now, before.Meeting = tx.Now, meeting
		return before, nil, nil
	}
	events, err := EventsAfter(tx, meeting.ID, max(before.Seq(), meeting.RoomSeq-int64(limit)), limit)
	if err != nil {
		return State{}, nil, err
	}
	changed, known := partsChanged(events)
	allThere := len(events) > 0 && events[0].Seq == before.Seq()+1
	if !known || !allThere || !unmoved {
		state, err := Load(tx, meeting.ID)
		return state, events, err
	}
	state := before
	state.Now, state.Meeting = tx.Now, meeting
	for _, part := range changed {
		if err := part.read(&state, tx); err != nil {
			return State{}, nil, err
		}
	}
	return state, events, nil
}

// part is what can be read again of a state by itself, and taken over from another.
type part struct {
	name string
	read func(*State, db.Tx) error
	take func(to *State, from State)
}

var (
	tablePart = part{"table",
		func(s *State, tx db.Tx) (err error) { s.Table, err = loadTable(tx, s.Meeting, s.Terms); return err },
		func(to *State, from State) { to.Table = from.Table }}
	itemsPart = part{"items",
		func(s *State, tx db.Tx) error { s.Items = nil; return s.loadItems(tx) },
		func(to *State, from State) { to.Items, to.Presenter = from.Items, from.Presenter }}
	votesPart     = part{"votes", (*State).loadVotes, func(to *State, from State) { to.Votes = from.Votes }}
	notesPart     = part{"notes", (*State).loadNotes, func(to *State, from State) { to.Notes = from.Notes }}
	pensPart      = part{"pens", (*State).loadPens, func(to *State, from State) { to.Pens = from.Pens }}
	earlierPart   = part{"earlier", (*State).loadEarlier, func(to *State, from State) { to.Earlier = from.Earlier }}
	actionsPart   = part{"actions", (*State).loadActions, func(to *State, from State) { to.Actions = from.Actions }}
	arisingPart   = part{"arising", (*State).loadArising, func(to *State, from State) { to.Arising = from.Arising }}
	referralsPart = part{"referrals", (*State).loadReferrals, func(to *State, from State) { to.Referrals = from.Referrals }}
	decisionsPart = part{"decisions", (*State).loadDecisions, func(to *State, from State) { to.Decisions = from.Decisions }}
	consentPart   = part{"consent", (*State).loadConsent, func(to *State, from State) { to.Consent = from.Consent }}
	moneyPart     = part{"commitments", (*State).loadCommitments, func(to *State, from State) { to.Commitments = from.Commitments }}
	ratifiedPart  = part{"ratified", (*State).loadRatified, func(to *State, from State) { to.Ratified = from.Ratified }}
)

// partsOf says what each type of event can change. A type that is not here may change anything.
var partsOf = map[string][]part{
	RecordAttendance{}.Type():  {tablePart},
	DeclareInterest{}.Type():   {tablePart, votesPart, consentPart, arisingPart}, // a position given before is set aside, an action of before is shut
	WithdrawInterest{}.Type():  {tablePart, arisingPart},
	AnswerInterest{}.Type():    {tablePart, votesPart},
	NameAuthoriser{}.Type():    {tablePart},
	OpenItem{}.Type():          {itemsPart},
	MoveStage{}.Type():         {itemsPart},
	FinishItem{}.Type():        {itemsPart},
	PassItem{}.Type():          {itemsPart},
	OpenVote{}.Type():          {votesPart},
	PutOnConsentList{}.Type():  {consentPart},
	ObjectToConsent{}.Type():   {consentPart},
	AgreeToConsent{}.Type():    {consentPart},
	CastBallot{}.Type():        {votesPart},
	RecordPosition{}.Type():    {votesPart},
	ConfirmPosition{}.Type():   {votesPart},
	CloseVote{}.Type():         {votesPart},
	WriteNote{}.Type():         {notesPart, pensPart},
	TakePen{}.Type():           {pensPart},
	ApproveMinutes{}.Type():    {earlierPart},
	HandOverPen{}.Type():       {pensPart},
	RaiseAction{}.Type():       {actionsPart},
	CompleteAction{}.Type():    {actionsPart, arisingPart},
	NoteProgress{}.Type():      {actionsPart, arisingPart},
	CarryAction{}.Type():       {actionsPart, arisingPart},
	ExtendAction{}.Type():      {actionsPart, arisingPart},
	ReopenAction{}.Type():      {actionsPart, arisingPart},
	UpdateList{}.Type():        {itemsPart, actionsPart, referralsPart},
	CorrectDecision{}.Type():   {decisionsPart},
	EndorseDecision{}.Type():   {decisionsPart, moneyPart},
	AuthoriseDecision{}.Type(): {decisionsPart, moneyPart},
	RecordEvidence{}.Type():    {decisionsPart},
	JudgeEvidence{}.Type():     {decisionsPart},
	RatifyDecision{}.Type():    {ratifiedPart},
}

// partsChanged lists each part that the events can have changed, once; known is false when one of them
// may have changed anything.
func partsChanged(events []Event) (changed []part, known bool) {
	for _, event := range events {
		parts, listed := partsOf[event.Type]
		if !listed {
			return nil, false
		}
		for _, p := range parts {
			if !slices.ContainsFunc(changed, func(other part) bool { return other.name == p.name }) {
				changed = append(changed, p)
			}
		}
	}
	return changed, true
}

func (s *State) loadReferrals(tx db.Tx) error {
	s.Referrals = nil
	return tx.Raw(`select r.*, f.name as to_forum from referral r join forum f on f.id = r.to_forum_id where r.meeting_id = ? order by r.id`, s.Meeting.ID).Scan(&s.Referrals).Error
}

func (s *State) loadNotes(tx db.Tx) error {
	s.Notes = nil
	return tx.Raw(notesOfMeeting, s.Meeting.ID).Scan(&s.Notes).Error
}

func (s *State) loadPapers(tx db.Tx) (err error) {
	s.Papers, err = papers.OfMeeting(tx, s.Meeting.ID)
	return err
}

func (s *State) loadActions(tx db.Tx) error {
	s.Actions = nil
	return tx.Raw(actionsOfMeeting, s.Meeting.ID).Scan(&s.Actions).Error
}

// forumAndTerms reads the forum and the terms of reference it works by on the meeting's day.
func forumAndTerms(tx db.Tx, meeting panels.Meeting) (forum panels.Forum, terms panels.Terms, err error) {
	if forum, err = panels.ForumByID(tx, meeting.ForumID); err != nil {
		return forum, terms, err
	}
	terms, err = panels.TermsInForce(tx, forum.ID, meeting.On())
	return forum, terms, err
}

// loadChaired works out who is in the chair. Only where two chair in turn does that take a question.
func (s *State) loadChaired(tx db.Tx) (err error) {
	if s.Terms.Chairing == panels.TwoAlternating {
		s.Chaired, err = panels.ChairOf(tx, s.Meeting)
		return err
	}
	seats := make([]panels.TableSeat, len(s.Table.Places))
	for i, place := range s.Table.Places {
		seats[i].Seat = place.Seat
		for _, sitter := range place.Fills {
			seats[i].Holders = append(seats[i].Holders, panels.Holder{SeatID: place.Seat.ID, PersonID: sitter.PersonID, Name: sitter.Name, DeputyOrder: sitter.DeputyOrder})
		}
	}
	s.Chaired = panels.ChairedAlways(s.Terms.Chairing, seats)
	return nil
}

// loadTable reads who may sit where on the meeting's day, who is here and who has left for what.
func loadTable(tx db.Tx, meeting panels.Meeting, terms panels.Terms) (Table, error) {
	var rows []struct {
		SeatID, ForumID     uuid.UUID
		AgencyID            *uuid.UUID
		SeatName            string
		Office              access.Office
		Standing            access.Standing
		Position            int
		DelegatedLimitPence int64
		AgencyName          string
		ShortName           string
		Kind                panels.AgencyKind
		LegalBody           string
		Funder              bool
		Outside             bool
		Authoriser          bool
		ItemID              *uuid.UUID // of a guest, who has no seat
		PersonID            *uuid.UUID
		PersonName          string
		DeputyOrder         int
		Leads               bool
	}
	err := tx.Raw(`
		select s.id as seat_id, s.forum_id, s.agency_id, s.name as seat_name, s.office, s.standing, s.position, s.delegated_limit_pence,
			coalesce(a.name, '') as agency_name, coalesce(a.short_name, '') as short_name, coalesce(a.kind, '') as kind,
			coalesce(a.legal_body, '') as legal_body, coalesce(a.funder, false) as funder, coalesce(a.outside, false) as outside,
			false as authoriser, null::uuid as item_id, h.person_id, coalesce(p.name, '') as person_name, coalesce(h.deputy_order, 0) as deputy_order, false as leads, h.from_date, h.id
		from seat s
		left join agency a on a.id = s.agency_id
		left join seat_holding h on h.seat_id = s.id and h.from_date <= @day and (h.to_date is null or h.to_date >= @day)
		left join person p on p.id = h.person_id
		where s.forum_id = @forum
		union all
		select g.id, @forum, a.id, '', 'member', 'deciding', 0, 0, a.name, a.short_name, a.kind, a.legal_body, a.funder, a.outside,
			g.authoriser, g.item_id, p.id, p.name, 0, g.leads, null, g.id
		from meeting_guest g join agency a on a.id = g.agency_id join person p on p.id = g.person_id
		where g.meeting_id = @meeting and g.ended_at is null
		order by item_id nulls first, position, seat_id, deputy_order, from_date, id`,
		map[string]any{"forum": meeting.ForumID, "meeting": meeting.ID, "day": meeting.On()}).Scan(&rows).Error
	if err != nil {
		return Table{}, err
	}
	table := Table{ByBody: terms.ByLegalBody}
	for _, row := range rows {
		if row.ItemID != nil {
			table.Guests = append(table.Guests, Guest{ID: row.SeatID, ItemID: *row.ItemID, Authoriser: row.Authoriser, PersonID: *row.PersonID, Name: row.PersonName, Family: row.Kind == panels.Families, Leads: row.Leads, Agency: panels.Agency{
				ID: *row.AgencyID, Name: row.AgencyName, ShortName: row.ShortName, Kind: row.Kind, LegalBody: row.LegalBody, Funder: row.Funder, Outside: row.Outside,
			}})
			continue
		}
		last := len(table.Places) - 1
		if last < 0 || table.Places[last].Seat.ID != row.SeatID {
			place := Place{Seat: panels.Seat{
				ID: row.SeatID, ForumID: row.ForumID, AgencyID: row.AgencyID, Name: row.SeatName, Office: row.Office,
				Standing: row.Standing, Position: row.Position, DelegatedLimitPence: row.DelegatedLimitPence,
			}}
			if row.AgencyID != nil {
				place.Agency = panels.Agency{ID: *row.AgencyID, Name: row.AgencyName, ShortName: row.ShortName, Kind: row.Kind, LegalBody: row.LegalBody, Funder: row.Funder}
			}
			table.Places = append(table.Places, place)
			last++
		}
		if row.PersonID != nil {
			table.Places[last].Fills = append(table.Places[last].Fills,
				Sitter{PersonID: *row.PersonID, Name: row.PersonName, DeputyOrder: row.DeputyOrder})
		}
	}
	var here []Attendance
	err = tx.Raw(`select distinct on (person_id) * from attendance where meeting_id = ? order by person_id, id desc`, meeting.ID).Scan(&here).Error
	if err != nil {
		return Table{}, err
	}
	table.Here = make(map[uuid.UUID]Attendance, len(here))
	for _, attendance := range here {
		table.Here[attendance.PersonID] = attendance
	}
	if err := tx.Raw(`select * from answered_interest where meeting_id = ? order by id`, meeting.ID).Scan(&table.Interests).Error; err != nil {
		return Table{}, err
	}
	var apart []struct {
		Absence
		Speaks bool
	}
	err = tx.Raw(`
		select person_id, item_id, false as speaks from left_item where meeting_id = @meeting
		union select person_id, item_id, true from voteless_item where meeting_id = @meeting
		order by person_id, item_id, speaks`, map[string]any{"meeting": meeting.ID}).Scan(&apart).Error
	for _, one := range apart {
		if one.Speaks {
			table.Voteless = append(table.Voteless, one.Absence)
		} else {
			table.Absences = append(table.Absences, one.Absence)
		}
	}
	if err != nil || !meeting.Between() {
		return table, err
	}
	return table.apart(tx, meeting)
}

// What the room reads of an item. On a board the young person is an alias and an age in years.
const (
	itemColumns = `i.*, coalesce(g.progress, 'waiting') as progress, coalesce(g.stage, 'present') as stage, g.opened_at,
		coalesce(g.spent_seconds, 0) as spent_seconds, coalesce(l.next_step, '') as next_step, coalesce(l.discussed, false) as discussed,
		case when coalesce(q.need, '') = '' then coalesce(q.reason, '') else q.need end as need, coalesce(q.already_owed, '') as already_owed, coalesce(q.weekly_pence, 0) as weekly_pence,
		coalesce(q.one_off_pence, 0) as one_off_pence, coalesce(q.annual_pence, 0) as annual_pence, q.starts_on, q.ends_on, q.previous, coalesce(q.kind, '') as request_kind`
	boardColumns = `, coalesce(c.alias, '') as alias, extract(year from age(m.starts_at::date, c.date_of_birth))::int as age`
	itemTables   = ` from agenda_item i
		left join item_progress g on g.item_id = i.id
		left join list_entry l on l.item_id = i.id
		left join funding_request q on q.id = i.request_id
		left join cases c on c.id = i.case_id`
	namedTables = ` left join lateral (
			select t.response, t.said from tabling t where t.meeting_id = i.meeting_id and t.case_id = i.case_id order by t.version desc limit 1
		) told on told.response = 'objects' cross join partnership w`
)

var namedColumns = `, coalesce(c.number, 0) as case_number, coalesce(c.merged_into, c.id) as standing_case, coalesce(c.forename, '') as forename, coalesce(c.surname, '') as surname,
		c.date_of_birth as born, coalesce(c.allocated_worker, '') as allocated_worker, coalesce(c.rag, '') as rag, ` + tracker.LastHeardOn("c") + ` as views_recorded_on,
		coalesce(told.said, '') as objection,
		coalesce(c.responsible_council, '') as responsible_council, coalesce(c.responsible_icb, '') as responsible_icb, w.council as our_council, w.icb as our_icb,
		coalesce(c.chc_decision, '') as chc_decision, coalesce(c.section_117, false) as section_117`

// loadItems reads the agenda as the room works through it.
func (s *State) loadItems(tx db.Tx) error {
	return s.itemsWhere(tx, `i.meeting_id = ? and i.state in ('listed', 'taken_off') order by i.position, i.id`, s.Meeting.ID)
}

// loadItem reads one item of the meeting, or none.
func (s *State) loadItem(tx db.Tx, itemID uuid.UUID) error {
	return s.itemsWhere(tx, `i.meeting_id = ? and i.id = ? and i.state in ('listed', 'taken_off')`, s.Meeting.ID, itemID)
}

func (s *State) itemsWhere(tx db.Tx, where string, args ...any) error {
	query := `select ` + itemColumns + namedColumns + itemTables + namedTables
	if s.Forum.Board {
		query = `select ` + itemColumns + boardColumns + itemTables + ` join meeting m on m.id = i.meeting_id`
	}
	if err := tx.Raw(query+` where `+where, args...).Scan(&s.Items).Error; err != nil {
		return err
	}
	shares := map[uuid.UUID][]Share{}
	var asked, presenters []uuid.UUID
	for _, item := range s.Items {
		if item.RequestID != nil {
			asked = append(asked, *item.RequestID)
		}
		if item.PresenterID != nil {
			presenters = append(presenters, *item.PresenterID)
		}
	}
	if len(asked) > 0 {
		var rows []struct {
			RequestID uuid.UUID
			Share
		}
		err := tx.Raw(`select s.* from request_share s join agency a on a.id = s.agency_id where s.request_id in ? order by a.name, a.id`, asked).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, row := range rows {
			shares[row.RequestID] = append(shares[row.RequestID], row.Share)
		}
		var lines []requests.Line
		if err := tx.Raw(`select * from request_line where request_id in ? order by request_id, position, id`, asked).Scan(&lines).Error; err != nil {
			return err
		}
		for i, item := range s.Items {
			if item.RequestID != nil {
				s.Items[i].Shares = shares[*item.RequestID]
			}
			for _, line := range lines {
				if item.RequestID != nil && line.RequestID == *item.RequestID {
					s.Items[i].Lines = append(s.Items[i].Lines, line)
				}
			}
		}
	}
	s.Presenter = map[uuid.UUID]string{}
	if len(presenters) > 0 {
		var people []panels.Person
		if err := tx.Select("id", "name").Where("id in ?", presenters).Find(&people).Error; err != nil {
			return err
		}
		for _, person := range people {
			s.Presenter[person.ID] = person.Name
		}
	}
	return nil
}

func (s *State) loadVotes(tx db.Tx) error {
	votes, err := votesWhere(tx, `meeting_id = ?`, s.Meeting.ID)
	s.Votes = votes
	return err
}

// votesWhere reads votes with their shares and the ballots that stand.
func votesWhere(tx db.Tx, where string, args ...any) ([]Vote, error) {
	var votes []Vote
	err := tx.Select("vote.*, (select number from agenda_item i where i.id = vote.item_id) as item_number").
		Where(where, args...).Order("opened_at, id").Find(&votes).Error
	if err != nil || len(votes) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(votes))
	at := make(map[uuid.UUID]*Vote, len(votes))
	for i := range votes {
		ids[i], at[votes[i].ID] = votes[i].ID, &votes[i]
	}
	var shares []VoteShare
	if err := tx.Raw(`select s.*, a.legal_body from vote_share s join agency a on a.id = s.agency_id where s.vote_id in ? order by a.name, a.id`, ids).Scan(&shares).Error; err != nil {
		return nil, err
	}
	for _, share := range shares {
		at[share.VoteID].Shares = append(at[share.VoteID].Shares, share)
	}
	var ballots []Ballot
	err = tx.Raw(`
		select b.id, b.vote_id, b.votes_for, coalesce(b.seat_id, b.guest_id) as seat_id, b.person_id, b.deputy, b.position, b.condition, b.reason, b.carried_from, b.recommendation,
			b.cast_at, b.recorded_by, b.superseded_at, b.answer_by, coalesce(a.disputed, false) as disputed, coalesce(a.text, '') as answer_text, a.answered_at
		from ballot b
		left join lateral (select disputed, text, answered_at from position_answer where ballot_id = b.id order by id desc limit 1) a on b.answer_by is not null
		where b.vote_id in ? and b.superseded_at is null order by b.id`, ids).Scan(&ballots).Error
	if err != nil {
		return nil, err
	}
	for _, ballot := range ballots {
		at[ballot.VoteID].Ballots = append(at[ballot.VoteID].Ballots, ballot)
	}
	return votes, nil
}

// loadChoices reads what the chair's and clerk's forms offer. Owners are the people of the forum and
// those who present; a board refers nowhere.
func (s *State) loadChoices(tx db.Tx) error {
	owners := tx.Raw(`
		select p.id, p.name as text from person p
		where p.ended_on is null and (
			exists (select from seat_holding h join seat t on t.id = h.seat_id
				where h.person_id = p.id and t.forum_id = @forum and h.from_date <= @day and (h.to_date is null or h.to_date >= @day))
			or exists (select from agenda_item i where i.presenter_id = p.id and i.meeting_id = @meeting))
		order by p.name`,
		map[string]any{"forum": s.Forum.ID, "meeting": s.Meeting.ID, "day": s.Meeting.On()}).Scan(&s.Owners).Error
	forums := tx.Raw(`select id, name as text from forum where id <> ? and not board order by name`, s.Forum.ID).Scan(&s.Forums).Error
	var people error
	if s.Forum.Board {
		people = tx.Raw(`select id, name as text from person where ended_on is null or ended_on > ? order by name, id`, tx.Today()).Scan(&s.People).Error
	}
	var next []panels.Meeting
	meetings := tx.Where("forum_id = ? and starts_at > ? and status = ?", s.Forum.ID, s.Meeting.StartsAt, panels.Scheduled).
		Order("starts_at").Limit(6).Find(&next).Error
	for _, meeting := range next {
		s.Meetings = append(s.Meetings, Choice{ID: meeting.ID, Text: clock.Moment(meeting.StartsAt)})
	}
	return errors.Join(owners, forums, people, meetings)
}
