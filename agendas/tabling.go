package agendas

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Told says who was told that a meeting discusses a young person.
type Told string

// Who may have been told.
const (
	ToldYoungPerson    Told = "young_person"
	ToldRepresentative Told = "representative"
	ToldBoth           Told = "both"
	ToldNobody         Told = "nobody"
)

// ToldWhom are the answers, the young person first.
var ToldWhom = []Told{ToldYoungPerson, ToldBoth, ToldRepresentative, ToldNobody}

// Words is the answer as a page says it.
func (t Told) Words() string {
	return map[Told]string{
		ToldYoungPerson: "The young person", ToldRepresentative: "Their representative",
		ToldBoth: "The young person and their representative", ToldNobody: "Neither was told",
	}[t]
}

// Response is what they said to being discussed.
type Response string

// The responses.
const (
	Content  Response = "content"
	Objects  Response = "objects"
	SaidNone Response = "silent"
)

// Responses are what they may have said.
var Responses = []Response{Content, Objects, SaidNone}

// Words is the response as a page says it.
func (r Response) Words() string {
	return map[Response]string{Content: "They are content with it", Objects: "They object to it", SaidNone: "They gave no view"}[r]
}

// Basis is by what right people from several agencies share what they know of a young person. Consent
// is one, and not the usual one: who cannot well say no has not consented.
type Basis string

// The bases.
const (
	PublicTask     Basis = "public_task"
	Safeguarding   Basis = "safeguarding"
	VitalInterests Basis = "vital_interests"
	CourtOrder     Basis = "court_order"
	Consent        Basis = "consent"
)

// Bases are the bases, the usual one first and consent last.
var Bases = []Basis{PublicTask, Safeguarding, VitalInterests, CourtOrder, Consent}

// Words is the basis as a page says it, and Hint what it means.
func (b Basis) Words() string {
	return map[Basis]string{
		PublicTask: "Public task or legal duty", Safeguarding: "Safeguarding", VitalInterests: "Vital interests",
		CourtOrder: "Court order", Consent: "Consent",
	}[b]
}

// Hint says when a basis is the one.
func (b Basis) Hint() string {
	return map[Basis]string{
		PublicTask:     "The law asks these agencies to plan together, whether or not anybody agrees: the Care Act 2014, the Children and Families Act 2014",
		Safeguarding:   "To protect a child, or an adult who needs care, from abuse or neglect",
		VitalInterests: "To save somebody’s life, when they cannot agree themselves",
		CourtOrder:     "A court or tribunal has ordered it",
		Consent:        "They were free to say no, know what is shared with whom, and can take it back",
	}[b]
}

// Tabling is who told a young person that a meeting discusses them, what they said to it, and by what
// right it is shared. There is one for each case of a meeting, however many items are about it; the latest
// version stands, and a published agenda keeps the one it went out with.
type Tabling struct {
	ID             uuid.UUID
	MeetingID      uuid.UUID
	CaseID         uuid.UUID
	Version        int
	Told           Told
	ToldBy         string // who told them
	ToldOn         clock.Date
	Representative string // whom, with their relation: "Anna Walker, mother"
	Response       Response
	Said           string // their views or objection, in their words where they gave them
	WhyNotTold     string
	Basis          Basis
	BasisDetail    string
	RecordedBy     uuid.UUID
	RecordedAt     time.Time

	Recorder string `gorm:"->"` // their name
}

// Objects reports whether they object to being discussed; nobody has of what is not recorded.
func (t *Tabling) Objects() bool { return t != nil && t.Response == Objects }

// TableName is tabling.
func (Tabling) TableName() string { return "tabling" }

// tidy takes away the spaces, and what a changed answer no longer asks for.
func (t *Tabling) tidy() {
	for _, text := range []*string{&t.ToldBy, &t.Representative, &t.Said, &t.WhyNotTold, &t.BasisDetail} {
		*text = strings.TrimSpace(*text)
	}
	if t.Told == ToldNobody {
		t.ToldBy, t.ToldOn, t.Representative, t.Response, t.Said = "", clock.Date{}, "", "", ""
		return
	}
	t.WhyNotTold = ""
	if t.Told == ToldYoungPerson {
		t.Representative = ""
	}
}

func (t Tabling) check(today clock.Date) error {
	var form fault.Form
	form.Require(t.Told.Words() != "", "told", "Choose who was told")
	switch t.Told {
	case ToldNobody:
		form.Require(t.WhyNotTold != "", "why_not_told", "Enter why neither was told")
	case ToldYoungPerson, ToldRepresentative, ToldBoth:
		form.Require(t.Told == ToldYoungPerson || t.Representative != "", "representative", "Enter who represents them, and as what")
		form.Require(t.ToldBy != "", "told_by", "Enter who told them")
		form.Require(!t.ToldOn.IsZero(), "told_on", "Enter the date they were told")
		if t.ToldOn.After(today) {
			form.Add("told_on", "The date they were told must be today or earlier. Today is %s", today.Long())
		}
		form.Require(t.Response.Words() != "", "response", "Choose what they said to it")
		form.Require(t.Response != Objects || t.Said != "", "said", "Enter what they object to")
	}
	form.Require(t.Basis.Words() != "", "basis", "Choose the basis for sharing")
	switch {
	case t.Basis == Consent && t.Told == ToldNobody:
		form.Add("basis", "Nobody who was not told has consented. Choose another basis")
	case t.Basis == Consent && t.Response != Content && t.Response != "":
		form.Add("basis", "Consent is not the basis when they object or said nothing. Choose another, or take the case off the agenda")
	}
	form.Require(t.Basis != CourtOrder || t.BasisDetail != "", "basis_detail", "Enter which court, and the order’s date or number")
	for name, text := range map[string]string{"told_by": t.ToldBy, "representative": t.Representative, "said": t.Said, "why_not_told": t.WhyNotTold, "basis_detail": t.BasisDetail} {
		form.Require(len([]rune(text)) <= 1000, name, "Shorten it to 1,000 characters or fewer")
	}
	return form.Err()
}

// Suggested is what a tabling begins with when the last one of the same young person is known: whom
// to tell and by what right. When they were told and what they said is asked anew each time.
func (t Tabling) suggested() Tabling {
	return Tabling{Told: t.Told, Representative: t.Representative, WhyNotTold: t.WhyNotTold, Basis: t.Basis, BasisDetail: t.BasisDetail}
}

// tablingsOf are the records of a meeting that stand, by case.
func tablingsOf(tx db.Tx, meetingID uuid.UUID) (map[uuid.UUID]Tabling, error) {
	var rows []Tabling
	err := tx.Raw(`
		select distinct on (t.case_id) t.*, p.name as recorder from tabling t join person p on p.id = t.recorded_by
		where t.meeting_id = ? order by t.case_id, t.version desc`, meetingID).Scan(&rows).Error
	byCase := make(map[uuid.UUID]Tabling, len(rows))
	for _, row := range rows {
		byCase[row.CaseID] = row
	}
	return byCase, err
}

// TablingPage is what recording a tabling needs to know.
type TablingPage struct {
	Item      Item
	ForumName string
	StartsAt  time.Time
	Case      tracker.Case
	Tabling   Tabling // as recorded; suggested from the last one when Version is 0
	Last      *Tabling
	LastOn    clock.Date // of the meeting of Last
	MayBuild  bool
}

// UntoldRequest finds the item of a request at a meeting, and whether nobody has recorded who told the
// young person.
func UntoldRequest(tx db.Tx, meetingID, requestID uuid.UUID) (itemID uuid.UUID, untold bool, err error) {
	var rows []struct {
		ID     uuid.UUID
		Untold bool
	}
	err = tx.Raw(`
		select i.id, i.case_id is not null and not exists (select from tabling t where t.meeting_id = i.meeting_id and t.case_id = i.case_id) as untold
		from agenda_item i where i.meeting_id = ? and i.request_id = ? and i.state = 'listed'`, meetingID, requestID).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return uuid.Nil, false, err
	}
	return rows[0].ID, rows[0].Untold, nil
}

// Untold reports whether it is still to be recorded who told the young person an item is about.
func (l Line) Untold() bool {
	return l.Case != nil && l.Tabling == nil && l.State == Listed && l.Withheld == ""
}

// Untold are the items of which it is not recorded who told the young person.
func Untold(lines []Line) []Line {
	var untold []Line
	for _, line := range lines {
		if line.Untold() {
			untold = append(untold, line)
		}
	}
	return untold
}
