package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// compared is a row beside what is held, with what confirming it would write.
type compared struct {
	Row
	kind    string
	words   string // what the row says, for the preview
	changes []Change
	apply   func(tx db.Tx, b *bringing) error
}

// A comparison is a whole reading beside what is held.
type comparison struct {
	rows     []compared
	problems []Problem
	notices  []string
	refused  map[SheetKind]bool // sheets this actor may not bring
}

// held is everything the rows name, looked up in a bounded number of queries.
type held struct {
	tx       db.Tx
	today    clock.Date
	forums   map[string]panels.Forum // by plain name and by address
	agencies map[string]panels.Agency
	people   map[string]panels.Person // by email; those the file brings too
	coming   map[string]bool          // emails the file brings
	broken   map[string]int           // emails of rows of people that are left out, with the row
	seats    map[string]*seatHeld     // by forum and plain name
	cases    map[string]tracker.Case  // by reference and by number
	meetings map[string]panels.Meeting
	heldDays map[uuid.UUID][]clock.Date // by forum: days it met in Quorate

	decisions map[string]*brought
	actions   map[string]*promised
}

type seatHeld struct {
	panels.Seat
	new      bool
	holdings []panels.Holder
}

// compareRows looks up what the rows name and says of each whether it is new, changed or unchanged, or
// what is wrong with it.
func compareRows(tx db.Tx, rows []Row, readProblems []Problem) (comparison, error) {
	c := comparison{refused: map[SheetKind]bool{}}
	var allowed []Row
	for _, row := range rows {
		if !maySheet(tx.Actor, row.Sheet) {
			c.refused[row.Sheet] = true
			continue
		}
		allowed = append(allowed, row)
	}
	for _, kind := range SheetKinds {
		switch {
		case !c.refused[kind]:
		case kind == People || kind == Seats:
			c.notices = append(c.notices, fmt.Sprintf("The sheet of %s was not read: only an administrator may bring it. Ask yours to choose the same file.", strings.ToLower(kind.Title())))
		default:
			c.notices = append(c.notices, fmt.Sprintf("The sheet of %s was not read: only the clerks of its forums may bring it. Ask them to choose the same file once people and seats are there.", strings.ToLower(kind.Title())))
		}
	}
	h, err := lookUp(tx, allowed, readProblems)
	if err != nil {
		return c, err
	}
	seen := map[string]Row{}
	for _, row := range allowed {
		r := &rowCheck{held: h, row: row}
		key := row.key()
		first, twice := seen[key]
		var out compared
		if !twice {
			out, key = r.compare()
			first, twice = seen[key] // by another name of the same forum or person
		}
		if twice && len(r.errors) == 0 {
			r.warnings = nil
			if row.saysTheSame(first) {
				r.warn(r.keyField(), "This row says the same as row %d. It is counted once.", first.Number)
			} else {
				r.wrong(r.keyField(), "Row %d says something else about the same thing. Correct or remove one of them.", first.Number)
			}
		}
		c.problems = append(append(c.problems, r.errors...), r.warnings...)
		switch {
		case twice:
		case len(r.errors) == 0:
			out.Row = row
			c.rows = append(c.rows, out)
			seen[row.key()], seen[key] = row, row
		case row.Person != nil:
			h.broken[row.Person.Email] = row.Number
			delete(h.people, row.Person.Email)
		}
	}
	return c, nil
}

// key tells rows of one file apart by what they say.
func (r Row) key() string {
	switch {
	case r.Person != nil:
		return "person " + r.Person.Email
	case r.Seat != nil:
		return strings.Join([]string{"said seat", plain(r.Seat.Forum), plain(r.Seat.Seat), r.Seat.Email, placeWords(r.Seat.Order), r.Seat.From.String()}, "|")
	case r.Decision != nil:
		return strings.Join([]string{"said decision", plain(r.Decision.Forum), r.Decision.On.String(), r.Decision.Person, strings.ToLower(r.Decision.Item)}, "|")
	default:
		return strings.Join([]string{"said action", plain(r.Action.Forum), r.Action.On.String(), r.Action.Person, plain(r.Action.What)}, "|")
	}
}

func (r Row) saysTheSame(other Row) bool {
	r.Number = other.Number
	mine, _ := json.Marshal(r) // of plain values: it never fails
	theirs, _ := json.Marshal(other)
	return bytes.Equal(mine, theirs)
}

// rowCheck gathers what is wrong with one row.
type rowCheck struct {
	*held
	row              Row
	errors, warnings []Problem
}

func (r *rowCheck) note(list *[]Problem, isError bool, field, format string, args ...any) {
	*list = append(*list, Problem{
		Sheet: r.row.Sheet, Error: isError, Row: r.row.Number, Column: headingOf(r.row.Sheet, field), Value: r.row.value(field), Problem: fmt.Sprintf(format, args...),
	})
}

func (r *rowCheck) wrong(field, format string, args ...any) {
	r.note(&r.errors, true, field, format, args...)
}
func (r *rowCheck) warn(field, format string, args ...any) {
	r.note(&r.warnings, false, field, format, args...)
}

// keyField is the column a person would look at to tell two rows apart.
func (r *rowCheck) keyField() string {
	switch r.row.Sheet {
	case People:
		return "email"
	case Seats:
		return "seat"
	case Decisions:
		return "person"
	default:
		return "what"
	}
}

func (r *rowCheck) compare() (out compared, key string) {
	switch r.row.Sheet {
	case People:
		return r.comparePerson(*r.row.Person)
	case Seats:
		return r.compareSeat(*r.row.Seat)
	case Decisions:
		return r.compareDecision(*r.row.Decision)
	default:
		return r.compareAction(*r.row.Action)
	}
}

// value is what the row says in a column, as far as a problem shows it.
func (r Row) value(field string) string {
	switch {
	case r.Person != nil:
		return map[string]string{"name": r.Person.Name, "email": r.Person.Email, "agency": r.Person.Agency, "left": dateWords(r.Person.LastDay)}[field]
	case r.Seat != nil:
		return map[string]string{"forum": r.Seat.Forum, "seat": r.Seat.Seat, "agency": r.Seat.Agency, "office": r.Seat.Office, "standing": r.Seat.Standing,
			"email": r.Seat.Email, "from": dateWords(r.Seat.From), "to": dateWords(r.Seat.To)}[field]
	case r.Decision != nil:
		return map[string]string{"forum": r.Decision.Forum, "on": dateWords(r.Decision.On), "person": r.Decision.Person, "weekly_split": r.Decision.WeeklySplit,
			"one_off_split": r.Decision.OneOffSplit, "review": dateWords(r.Decision.ReviewOn)}[field]
	default:
		return map[string]string{"forum": r.Action.Forum, "on": dateWords(r.Action.On), "what": r.Action.What, "email": r.Action.Email, "agency": r.Action.Agency,
			"due": dateWords(r.Action.DueOn), "person": r.Action.Person}[field]
	}
}

func dateWords(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Long()
}

// forum finds a forum by name or address.
func (r *rowCheck) forum(name string) panels.Forum {
	forum, known := r.forums[plain(name)]
	if !known {
		r.wrong("forum", "There is no forum of this name. Enter it as on the Forums page, or create the forum first.")
	}
	return forum
}

// bringsTo finds a forum whose past decisions and actions the actor may bring.
func (r *rowCheck) bringsTo(name string) panels.Forum {
	forum := r.forum(name)
	switch {
	case forum.ID == uuid.Nil:
	case forum.Board:
		r.wrong("forum", "A board decides on escalations and sees no young person, so its past decisions are not brought. Remove this row.")
	case r.tx.Actor.System == "" && !r.tx.Actor.May(access.BringDecisions, forum.ID):
		r.wrong("forum", "You are not the clerk of this forum. Its clerk may choose the same file.")
	}
	return forum
}

func (r *rowCheck) agency(name string) *uuid.UUID {
	if name == "" {
		return nil
	}
	agency, known := r.agencies[plain(name)]
	if !known {
		r.wrong("agency", "There is no agency of this name. Enter its name or short name as on the Agencies page, or add it there first.")
		return nil
	}
	return &agency.ID
}

// somebody finds a person by email, among those held and those the file brings.
func (r *rowCheck) somebody(email string) (panels.Person, bool) {
	person, known := r.people[email]
	if known {
		return person, true
	}
	if row, broken := r.broken[email]; broken {
		r.wrong("email", "The row of this person, row %d of People, has an error. Mend it first.", row)
	} else {
		r.wrong("email", "Nobody in Quorate has this email address. Correct it, or bring them in the People sheet first.")
	}
	return person, false
}

// about finds the case a row is about.
func (r *rowCheck) about(reference string) tracker.Case {
	c, known := r.cases[strings.ToUpper(reference)]
	if !known {
		r.wrong("person", "No case that you may see has this reference. Correct it, or import the tracker first.")
	}
	return c
}

// met finds the forum's meeting of a day; the zero Meeting is one still to be made.
func (r *rowCheck) met(forum panels.Forum, on clock.Date) panels.Meeting {
	meeting := r.meetings[meetingKey(forum.ID, on)]
	if meeting.RoomSeq > 0 && !meeting.Brought {
		r.wrong("on", "%s held this meeting in Quorate, so what it decided is on its own record. Remove this row.", forum.Name)
	}
	return meeting
}

func meetingKey(forum uuid.UUID, on clock.Date) string { return forum.String() + on.String() }

// lookUp reads everything the rows name.
func lookUp(tx db.Tx, rows []Row, problems []Problem) (*held, error) {
	h := &held{
		tx: tx, today: tx.Today(), forums: map[string]panels.Forum{}, agencies: map[string]panels.Agency{}, people: map[string]panels.Person{}, coming: map[string]bool{},
		broken: map[string]int{}, seats: map[string]*seatHeld{}, cases: map[string]tracker.Case{}, meetings: map[string]panels.Meeting{},
		decisions: map[string]*brought{}, actions: map[string]*promised{},
	}
	for _, p := range problems {
		if p.Sheet == People && p.Error && strings.Contains(p.Value, "@") {
			h.broken[strings.ToLower(p.Value)] = p.Row
		}
	}
	forums, err := panels.Forums(tx)
	if err != nil {
		return nil, err
	}
	for _, forum := range forums {
		h.forums[plain(forum.Slug)] = forum
	}
	for _, forum := range forums {
		h.forums[plain(forum.Name)] = forum
	}
	agencies, err := panels.Agencies(tx)
	if err != nil {
		return nil, err
	}
	for _, agency := range agencies {
		h.agencies[plain(agency.ShortName)] = agency
	}
	for _, agency := range agencies {
		h.agencies[plain(agency.Name)] = agency
	}
	emails, references := []string{}, []string{}
	numbers := []int64{0}
	var days []clock.Date
	for _, row := range rows {
		switch {
		case row.Person != nil:
			emails = append(emails, row.Person.Email)
		case row.Seat != nil:
			emails = append(emails, row.Seat.Email)
		case row.Decision != nil:
			references, days = append(references, row.Decision.Person), append(days, row.Decision.On)
		default:
			emails, references, days = append(emails, row.Action.Email), append(references, row.Action.Person), append(days, row.Action.On)
		}
	}
	for chunk := range slices.Chunk(emails, 5_000) {
		var people []panels.Person
		if err := tx.Where("email in ?", chunk).Find(&people).Error; err != nil {
			return nil, err
		}
		for _, person := range people {
			h.people[person.Email] = person
		}
	}
	for _, reference := range references {
		if number, ok := tracker.ParseCaseReference(reference); ok {
			numbers = append(numbers, number)
		}
	}
	if len(references) > 0 {
		earliest, latest := days[0], days[0]
		for _, day := range days {
			if day.Before(earliest) {
				earliest = day
			}
			if day.After(latest) {
				latest = day
			}
		}
		if err := h.readCases(append(references, ""), numbers); err != nil {
			return nil, err
		}
		if err := h.readMeetings(earliest, latest); err != nil {
			return nil, err
		}
	}
	if slices.ContainsFunc(rows, func(row Row) bool { return row.Seat != nil }) {
		return h, h.readSeats()
	}
	return h, nil
}

func (h *held) readCases(references []string, numbers []int64) error {
	for chunk := range slices.Chunk(references, 5_000) {
		var cases []struct {
			tracker.Case
			Under string // the reference it is found by: its own, or one it was held under before
		}
		err := tracker.Visible(h.tx).Select("cases.*, known.reference as under").
			Joins(`join (select person_reference as reference, id as case_id from cases where merged_into is null
				union all select reference, case_id from former_reference) known on known.case_id = cases.id`).
			Where("known.reference in ?", chunk).Find(&cases).Error
		if err != nil {
			return err
		}
		for _, c := range cases {
			h.cases[strings.ToUpper(c.Under)] = c.Case
		}
	}
	for chunk := range slices.Chunk(numbers, 5_000) {
		var cases []struct {
			tracker.Case
			Under int64 // the number it is found by: its own, or that of a case merged into it
		}
		err := tracker.Visible(h.tx).Select("cases.*, known.number as under").
			Joins("join cases known on coalesce(known.merged_into, known.id) = cases.id").Where("known.number in ?", chunk).Find(&cases).Error
		if err != nil {
			return err
		}
		for _, c := range cases {
			h.cases[tracker.CaseReference(c.Under)] = c.Case
		}
	}
	return nil
}

// readMeetings reads the meetings of the days the rows name, and what was brought of them before.
func (h *held) readMeetings(from, to clock.Date) error {
	var meetings []panels.Meeting
	err := h.tx.Raw(`select * from meeting where starts_at >= ? and starts_at < ? and status <> 'cancelled' and kind = 'held' order by brought, starts_at limit 50000`,
		from.Start(), to.AddDays(1).Start()).Scan(&meetings).Error
	if err != nil {
		return err
	}
	ids := []uuid.UUID{uuid.Nil}
	for _, meeting := range meetings {
		h.meetings[meetingKey(meeting.ForumID, meeting.On())] = meeting
		if meeting.Brought {
			ids = append(ids, meeting.ID)
		}
	}
	for chunk := range slices.Chunk(ids, 5_000) {
		if err := h.readBrought(chunk); err != nil {
			return err
		}
	}
	return nil
}

func (h *held) readSeats() error {
	var seats []panels.Seat
	if err := h.tx.Order("position").Find(&seats).Error; err != nil {
		return err
	}
	byID := make(map[uuid.UUID]*seatHeld, len(seats))
	for _, seat := range seats {
		s := &seatHeld{Seat: seat}
		h.seats[seatKey(seat.ForumID, seat.Name)], byID[seat.ID] = s, s
	}
	var holdings []panels.Holder
	err := h.tx.Raw(`
		select h.id as holding_id, h.seat_id, h.person_id, p.name, h.deputy_order, h.from_date, h.to_date, h.version
		from seat_holding h join person p on p.id = h.person_id`).Scan(&holdings).Error
	for _, holding := range holdings {
		byID[holding.SeatID].holdings = append(byID[holding.SeatID].holdings, holding)
	}
	if err != nil {
		return err
	}
	var met []struct {
		ForumID uuid.UUID
		On      clock.Date
	}
	err = h.tx.Raw(`
		select distinct forum_id, (starts_at at time zone 'Europe/London')::date as on
		from meeting where room_seq > 0 and not brought order by 1, 2`).Scan(&met).Error
	h.heldDays = map[uuid.UUID][]clock.Date{}
	for _, day := range met {
		h.heldDays[day.ForumID] = append(h.heldDays[day.ForumID], day.On)
	}
	return err
}

func seatKey(forum uuid.UUID, name string) string { return forum.String() + plain(name) }
