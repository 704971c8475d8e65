// Package letters tells those concerned what a panel decided, and works out who repays whom for it: outcome letters, funding authorisations and the monthly recharge.
package letters

import (
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Audience is to whom a letter is written.
type Audience string

// The audiences.
const (
	ToFunder      Audience = "funder"
	ToReferrer    Audience = "referrer"
	ToBrokerage   Audience = "brokerage"
	ToYoungPerson Audience = "young_person"
	ToParent      Audience = "parent" // never by itself: see ParentBases
)

// Audiences are all of them, as lists show them.
var Audiences = []Audience{ToYoungPerson, ToParent, ToReferrer, ToFunder, ToBrokerage}

// Words is the audience as people say it.
func (a Audience) Words() string {
	return map[Audience]string{
		ToFunder: "Funder", ToReferrer: "Referrer", ToBrokerage: "Brokerage", ToYoungPerson: "Young person", ToParent: "Parent or carer",
	}[a]
}

// Family reports whether the letter leaves the agencies: it is written to the young person or to a parent.
func (a Audience) Family() bool { return a == ToYoungPerson || a == ToParent }

// State is how far a letter is.
type State string

// The states. A letter that was sent or set aside never changes.
const (
	Draft    State = "draft"
	Approved State = "approved"
	Sent     State = "sent"
	SetAside State = "set_aside" // it will not be sent, and the letter says why
)

// States are all of them, as lists show them.
var States = []State{Draft, Approved, Sent, SetAside}

// Words is the state as people say it.
func (s State) Words() string {
	return map[State]string{Draft: "To check and approve", Approved: "Ready to send", Sent: "Sent", SetAside: "Not to be sent"}[s]
}

// SentHow is by which way a letter went.
type SentHow string

// The ways. E-mail of the product never carries a letter.
const (
	ByPost        SentHow = "post"
	ByHand        SentHow = "by_hand"
	BySecureEmail SentHow = "secure_email" // the organisation's own
	ReadAloud     SentHow = "read_aloud"   // given and read or signed to them
)

// SentHows are the ways, as the form offers them.
var SentHows = []SentHow{ByPost, ByHand, BySecureEmail, ReadAloud}

// Words is the way as people say it.
func (h SentHow) Words() string {
	return map[SentHow]string{
		ByPost: "By post", ByHand: "Given by hand", BySecureEmail: "By your organisation’s own secure email", ReadAloud: "Given, and read or signed to them",
	}[h]
}

// Format is the form in which somebody wishes to be written to.
type Format string

// The formats. Plain, easy read and large print are made here; the others are made from the Word file.
const (
	Plain        Format = "plain"
	EasyRead     Format = "easy_read"
	LargePrint   Format = "large_print"
	Audio        Format = "audio"
	Braille      Format = "braille"
	SignLanguage Format = "sign_language"
)

// Formats are all of them, as the form offers them.
var Formats = []Format{Plain, EasyRead, LargePrint, Audio, Braille, SignLanguage}

// Words is the format as people say it.
func (f Format) Words() string {
	return map[Format]string{
		Plain: "Plain English", EasyRead: "Easy read", LargePrint: "Large print", Audio: "Audio", Braille: "Braille", SignLanguage: "British Sign Language",
	}[f]
}

// MadeElsewhere says what has to be made from the letter before it can be sent, or "".
func MadeElsewhere(format Format, language string) string {
	var words string
	switch format {
	case Audio, Braille, SignLanguage:
		words = "It has to be made in " + format.Words() + " from the Word file"
		if format == Audio {
			words = "It has to be recorded as audio from the Word file"
		}
	}
	switch {
	case language != "" && words != "":
		return words + ", in " + language + "."
	case language != "":
		return "It has to be translated into " + language + " from the Word file."
	case words != "":
		return words + "."
	}
	return ""
}

// Letter is one letter about one decision.
type Letter struct {
	ID             uuid.UUID
	DecisionID     uuid.UUID
	ForumID        uuid.UUID
	Audience       Audience
	AgencyID       *uuid.UUID
	PersonID       *uuid.UUID // the referrer
	Recipient      string
	CareOf         string // who is handed it for a young person under 16
	Basis          Basis  // by what right a parent gets one
	BasisReason    string
	Number         int // 2 is the first corrected letter
	CorrectsID     *uuid.UUID
	CorrectionID   *uuid.UUID
	Template       string
	TemplateNumber int
	Format         Format
	Language       string
	DueOn          clock.Date
	Held           []Hold `gorm:"serializer:json"` // as it stood when the letter was last drafted or looked at to send
	ReleasedBy     *uuid.UUID
	ReleasedAt     *time.Time
	ReleasedReason string
	State          State
	ApprovedBy     *uuid.UUID
	ApprovedAt     *time.Time
	SentOn         clock.Date
	SentHow        SentHow
	SentNote       string
	SentBy         *uuid.UUID
	SettledAt      *time.Time
	SetAsideReason string
	CreatedAt      time.Time
	Version        int
}

// Open reports whether the letter still waits for somebody.
func (l Letter) Open() bool { return l.State == Draft || l.State == Approved }

// Revision is one wording of a letter.
type Revision struct {
	LetterID uuid.UUID
	Number   int
	Subject  string
	Body     string
	Author   *uuid.UUID // nil: drafted from the template
	At       time.Time

	By string `gorm:"->;-:migration"` // the author's name
}

// TableName is letter_revision.
func (Revision) TableName() string { return "letter_revision" }
