// Package tracker keeps the list of every young person with a trajectory to adult services, as the councils' own workbook tells it.
package tracker

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
)

// Case is one young person on the tracker. A pointer that is nil and a Date that is zero are Not known.
type Case struct {
	ID      uuid.UUID
	Number  int64  // the product's own number, in links, logs, mail and on the big screen: Q1042
	Alias   string // the board-only alias, unrelated to any other number: "Heron-48"
	Version int

	PersonReference    string // the tracker's key; stays on the case page and in API bodies
	NHSNumber          string `gorm:"column:nhs_number"` // ten digits, unspaced
	UPN                string `gorm:"column:upn"`        // the unique pupil number
	ChildrensReference string // in the children's case system, when the key is another
	AdultsReference    string // in the adults' case system
	Forename           string
	Surname            string
	DateOfBirth        clock.Date
	Locality           string

	ResponsibleCouncil string // as the tracker names it: which council owes the young person, wherever they live
	ResponsibleICB     string `gorm:"column:responsible_icb"`

	School           string
	PrimaryNeed      string
	EHCP             *bool      `gorm:"column:ehcp"`
	EHCPReviewOn     clock.Date `gorm:"column:ehcp_review_on"`
	LegalStatus      string     // "Section 20", "Section 31", "Care leaver"
	SocialCareStatus string     // "Child in need", "Child protection", "None"

	ReferralSource     string
	ReferredOn         clock.Date
	AllocatedWorker    string
	AllocatedOn        clock.Date
	CareActAssessedOn  clock.Date
	CareActOutcome     string // "Eligible", "Not eligible"
	SupportPlanOn      clock.Date
	MentalCapacityOn   clock.Date
	CHCChecklistOn     clock.Date `gorm:"column:chc_checklist_on"`
	CHCDecision        string     `gorm:"column:chc_decision"`
	PathwayPlanOn      clock.Date
	AdultSafeguardedOn clock.Date // referred to adult safeguarding on
	CourtDateOn        clock.Date // tribunal or court

	Placement       string
	OutOfCounty     *bool
	PlacementEndsOn clock.Date

	WeeklyCostPence      *int64
	ASCWeeklyPence       *int64 `gorm:"column:asc_weekly_pence"`
	CSCWeeklyPence       *int64 `gorm:"column:csc_weekly_pence"`
	EducationWeeklyPence *int64
	HealthWeeklyPence    *int64
	TransportWeeklyPence *int64 // beside WeeklyCostPence, which leaves it out

	Section117       *bool  `gorm:"column:section_117"` // entitled to after-care under the Mental Health Act 1983
	ProtectedAddress *bool  // where they live is told to nobody who need not know
	Siblings         string // as the tracker names them
	Interpreter      string // the language, "" when none is needed
	Advocate         string // who, or that one is needed

	SafeguardingConcern *bool
	LibertyAuthorised   *bool // a court-authorised deprivation of liberty is in force
	ViewsRecordedOn     clock.Date
	RAG                 string `gorm:"column:rag"` // "Red", "Amber", "Green"
	Notes               string

	ConsentRefused *bool
	DiedOn         clock.Date
	MovedAwayOn    clock.Date

	MergedInto *uuid.UUID // the case that stayed when this one was found to be the same person
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// TableName is cases: "case" is a word of SQL.
func (Case) TableName() string { return "cases" }

// Reference is the product's own case number as people see it, "Q1042".
func (c Case) Reference() string { return CaseReference(c.Number) }

// CaseReference writes a case number as people see it.
func CaseReference(number int64) string { return fmt.Sprintf("Q%d", number) }

// Name is forename and surname.
func (c Case) Name() string { return c.Forename + " " + c.Surname }
