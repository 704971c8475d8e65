package tracker

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"quorate/server/base/clock"
	"quorate/server/base/fault"
)

// A clerk chooses from what this shows: a sample under the wrong column, and every date is wrong.
func TestALookShowsSheetsColumnsAndSamples(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	set(t, book, "Sheet1", [][]any{
		{"Transitions tracker"}, {},
		{"LCS ID", "YP name", "D.O.B", nil, "Patch", "LAS ID", "Widget"},
		{"T1", "Rosa Walker", clock.MustDate("2009-03-04").Start().UTC(), "x", "North", 77, nil},
		{"T2", "Ben Khan", "05/03/2009", "y", "North", nil, nil},
		{"T3", "Tara Lewis", "06/03/2009", nil, "South", nil, nil},
	})
	if _, err := book.NewSheet("Old"); err != nil {
		t.Fatal(err)
	}
	set(t, book, "Old", [][]any{{"nothing"}})
	if err := book.SetSheetVisible("Old", false); err != nil {
		t.Fatal(err)
	}
	opened := openBytes(t, "tracker.xlsx", bookBytes(t, book))
	look, err := opened.Look()
	if err != nil {
		t.Fatal(err)
	}
	want := Look{
		Sheets: []SheetLook{{"Sheet1", false, 5}, {"Old", true, 1}}, Sheet: "Sheet1", HeadingRow: 3, Guessed: true,
		Columns: []ColumnLook{
			{"A", "LCS ID", PersonReference, false, []string{"T1", "T2", "T3"}},
			{"B", "YP name", FullName, false, []string{"Rosa Walker", "Ben Khan", "Tara Lewis"}},
			{"C", "D.O.B", DateOfBirth, false, []string{"04/03/2009", "05/03/2009", "06/03/2009"}},
			{"D", "", "", false, []string{"x", "y"}},
			{"E", "Patch", Locality, false, []string{"North", "South"}},
			{"F", "LAS ID", AdultsReference, false, []string{"77"}},
			{"G", "Widget", "", false, nil},
		},
		Top: []RowLook{
			{1, []string{"Transitions tracker"}},
			{3, []string{"LCS ID", "YP name", "D.O.B", "", "Patch", "LAS ID", "Widget"}},
			{4, []string{"T1", "Rosa Walker", "04/03/2009", "x", "North", "77"}},
			{5, []string{"T2", "Ben Khan", "05/03/2009", "y", "North"}},
			{6, []string{"T3", "Tara Lewis", "06/03/2009", "", "South"}},
		},
	}
	want.Preview = want.Top[2:]
	if diff := cmp.Diff(want, look); diff != "" {
		t.Error(diff)
	}
	chosen, err := opened.LookAs(Choice{Sheet: "old", HeadingRow: 1, Columns: map[string]Field{"A": Surname}})
	if err != nil {
		t.Fatal(err)
	}
	if chosen.Sheet != "Old" || chosen.Columns[0].Field != Surname || len(chosen.Missing) != 3 {
		t.Errorf("%+v", chosen)
	}
	noHeadings, err := openBytes(t, "t.csv", []byte("1,2\nT1,Rosa\n")).Look()
	if err != nil || noHeadings.Guessed || noHeadings.HeadingRow != 1 || len(noHeadings.Columns) != 2 {
		t.Errorf("%+v, %v", noHeadings, err)
	}
}

// What the clerk chose must be what is read: a guess in its place is a stranger's data under a name.
func TestAChoiceOverridesGuessesAndMapsValues(t *testing.T) {
	t.Parallel()
	const text = "as at November\nref,a,b,birthday,Old ref,Patch,EHCP,RAG,Legal status\nX1,Rosa,Walker,04/03/2009,T1,N,in place,purple,sec twenty\nX2,Ben,Khan,05/03/2009,T2,North,N,TBC,S31\n"
	open := func() *Workbook { return openBytes(t, "t.csv", []byte(text)) }
	columns := map[string]Field{"A": "", "B": Forename, "C": Surname, "E": PersonReference}
	choice := Choice{HeadingRow: 2, Columns: columns}
	unknown, err := LookValues(open(), choice, []string{"North", "South"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]UnknownValue{
		{Field: Locality, Heading: "Patch", Value: "N", Count: 1},
		{Field: EHCP, Heading: "EHCP", Value: "in place", Count: 1},
		{Field: RAG, Heading: "RAG", Value: "purple", Count: 1},
		{Field: LegalStatus, Heading: "Legal status", Value: "sec twenty", Count: 1},
	}, unknown); diff != "" {
		t.Error(diff)
	}
	choice.Values = map[Field]map[string]string{Locality: {"n": "North"}, EHCP: {"In place": "Yes"}, RAG: {"Purple": ""}, LegalStatus: {"sec twenty": "Section 20"}}
	reading, err := readAs(open(), choice)
	if err != nil || len(reading.Rows) != 2 || len(reading.Warnings) != 0 || len(reading.Errors) != 0 {
		t.Fatalf("%v %+v", err, reading)
	}
	c := reading.Rows[0].Case
	if diff := cmp.Diff([]string{"T1", "Rosa Walker", "North", "Yes", "Not known", "Section 20"},
		[]string{c.PersonReference, c.Name(), c.Locality, EHCP.Say(&c), RAG.Say(&c), c.LegalStatus}); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"ref"}, reading.Ignored); diff != "" {
		t.Error(diff)
	}
	if unknown, err = LookValues(open(), choice, []string{"North"}); err != nil || len(unknown) != 4 || !unknown[0].Decided || unknown[0].Chosen != "North" {
		t.Errorf("%v %+v", err, unknown)
	}

	for want, wrong := range map[string]Choice{
		"Columns B and C are both chosen for surname":    {Columns: map[string]Field{"B": Surname, "C": Surname}},
		"No column is chosen for person reference":       {HeadingRow: 2, Columns: map[string]Field{"A": "", "E": "", "B": Forename, "C": Surname}},
		"there is no such field":                         {Columns: map[string]Field{"B": "shoe_size"}},
		"There is no column “b2”":                        {Columns: map[string]Field{"b2": Surname}},
		"Choose the whole name, or forename and surname": {Columns: map[string]Field{"B": FullName, "C": Surname}},
		"The workbook has no sheet named “Archive”":      {Sheet: "Archive"},
		"The headings cannot be in row -1":               {HeadingRow: -1},
	} {
		_, err := readAs(open(), wrong)
		if f := fault.As(err); f == nil || !strings.Contains(f.Sentence, want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// A reference of another system is how a person is found again when they move to the adult team.
func TestASecondReferenceGoesToItsOwnSystem(t *testing.T) {
	t.Parallel()
	for headings, want := range map[string]map[Field]string{
		"Mosaic ID,LAS ID,EHM no":           {PersonReference: "1", AdultsReference: "2", ChildrensReference: "3"},
		"LAS ID,LCS ID,Unique ID":           {PersonReference: "2", AdultsReference: "1", ChildrensReference: ""},
		"EHM,Widget,Other":                  {PersonReference: "1"},
		"Adults ID,Widget,Other":            {PersonReference: "1", AdultsReference: ""},
		"NHS No,UPN,Case ref":               {PersonReference: "3", NHSNumber: "", UPN: ""},
		"Childrens reference,Person ID,LAS": {PersonReference: "2", ChildrensReference: "1", AdultsReference: "3"},
	} {
		reading := readText(t, headings+",Name,DoB\n1,2,3,Rosa Walker,04/03/2009\n")
		if len(reading.Rows) != 1 {
			t.Errorf("%s: %+v", headings, reading.Errors)
			continue
		}
		for field, value := range want {
			if got := *ruleOf[field].text(&reading.Rows[0].Case); got != value {
				t.Errorf("%s: %s is %q, want %q", headings, field, got, value)
			}
		}
	}
}

// A council's own word for a column must not make a rule say that it cannot be judged.
func TestHeadingsSeenInTheWild(t *testing.T) {
	t.Parallel()
	for heading, want := range map[string]Field{
		"Mosaic ID": PersonReference, "LCS ID": PersonReference, "Liquidlogic no": PersonReference, "LAS ID": PersonReference, "Person ID": PersonReference, "P no": PersonReference,
		"Child Unique ID": PersonReference, "NHS No": NHSNumber, "UPN": UPN, "DOB": DateOfBirth, "D.O.B": DateOfBirth, "DoB": DateOfBirth,
		"Locality": Locality, "Patch": Locality, "Area": Locality, "Team": Locality, "LAC status": LegalStatus, "CLA": LegalStatus, "S20": LegalStatus, "S31": LegalStatus,
		"CIN": SocialCareStatus, "CP": SocialCareStatus, "EHCP": EHCP, "EHC Plan?": EHCP, "EHCP review": EHCPReview, "SEN need": PrimaryNeed, "Primary need": PrimaryNeed, "PSR": PrimaryNeed,
		"Diagnosis": PrimaryNeed, "School": School, "Setting": School, "Education establishment": School, "CHC checklist date": CHCChecklist, "DST": CHCDecision,
		"Referral date": Referred, "Date ref'd": Referred, "Date referred to ASC": Referred, "Allocated worker": AllocatedWorker, "SW": AllocatedWorker, "TSW": AllocatedWorker,
		"SW/Coordinator": AllocatedWorker, "Care Act assessment": CareActAssessed, "CAA completed": CareActAssessed, "CSA": CareActAssessed, "MCA": MentalCapacity, "DoLS": LibertyAuthorised,
		"CoP": CourtDate, "Support plan": SupportPlan, "C&SP start": SupportPlan, "Provider": Placement, "Placement": Placement, "OOC": OutOfCounty, "Weekly cost": WeeklyCost, "£ pw": WeeklyCost,
		"Total £ p/w": WeeklyCost, "Health %": HealthWeekly, "ICB share %": HealthWeekly, "Ed %": EducationWeekly, "RAG": RAG, "Next steps": Notes, "Comments": Notes,
		"Section 117": Section117, "Tribunal or court date": CourtDate, "Protected address": ProtectedAddress, "Siblings": Siblings, "Interpreter or advocate needed": Interpreter, "Advocate": Advocate,
		"Court-authorised deprivation of liberty": LibertyAuthorised, "Adult safeguarding referral date": AdultSafeguarded, "Placement end date": PlacementEnds, "Out of county": OutOfCounty,
		"Pathway plan date": PathwayPlan, "Mental-capacity date": MentalCapacity, "Support-plan date": SupportPlan, "Safeguarding concern": Safeguarding, "Referral source": ReferralSource,
		"CHC decision": CHCDecision, "Allocated date": Allocated, "Date the young person's own views were last recorded": ViewsRecorded,
	} {
		if match, ok := matchHeading(heading); !ok || match.field != want {
			t.Errorf("%s is read as %q", heading, match.field)
		}
	}
	for _, none := range []string{"LA %", "CHC % LA %", "Split", "Panel date", "Last review", "Date EHC plan last reviewed", "Column1"} {
		if match, ok := matchHeading(none); ok {
			t.Errorf("%s is read as %q", none, match.field)
		}
	}
}
