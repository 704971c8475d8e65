package tracker

import (
	"strings"
	"unicode"
)

// headingAliases lists, for each field, the headings councils use for it, best first: when two
// columns could be the same field, the one whose heading stands earlier is read and the other is
// listed as ignored. They are written as heading() leaves them: lower case, no punctuation, "pw",
// "p/w" and "per week" all as "weekly".
var headingAliases = map[Field][]string{
	PersonReference: {"person reference", "person ref", "person id", "client reference", "client ref", "client id",
		"person no", "person number", "mosaic id", "mosaic no", "mosaic number", "mosaic ref", "mosaic person id", "mosaic", "childrens mosaic id", "mosaic childrens id",
		"lcs id", "lcs no", "lcs number", "lcs ref", "lcs", "ehm id", "ehm no", "ehm number", "ehm", "ics id", "ics no", "liquidlogic no", "liquidlogic id", "liquidlogic number", "liquidlogic",
		"las id", "las no", "las number", "las ref", "las", "adults mosaic id", "mosaic adults id", "mosaic adults", "p no", "p number", "child unique id", "unique id", "child id", "case id", "case ref", "case reference",
		"case no", "case number", "carefirst id", "carefirst no", "eclipse id", "azeus id", "paris id", "swift id", "frameworki id", "fwi id", "client no", "client number", "social care id", "service user no", "service user id", "su id", "yp id", "yp ref", "tracker ref", "reference", "reference number", "ref no", "ref", "id"},
	Forename: {"forename", "forenames", "first name", "first names", "given name", "given names", "christian name", "known as"},
	Surname:  {"surname", "last name", "family name", "second name"},
	FullName: {"name", "full name", "young person", "young persons name", "name of young person", "yp name", "yp", "child name", "childs name", "child young person",
		"client name", "service user", "service user name", "person name", "pupil name", "student name"},
	DateOfBirth: {"date of birth", "dob", "d o b", "d of b", "date birth", "birth date", "birthdate", "birthday", "born"},
	Locality:    {"locality", "locality name", "locality team", "patch", "area", "locality area", "area team", "district", "hub", "region", "team"},
	ResponsibleCouncil: {"responsible council", "responsible la", "responsible local authority", "responsible authority", "home la", "home authority", "home council", "home local authority",
		"belonging la", "belonging authority", "maintaining la", "maintaining authority", "placing authority", "placing la", "funding la", "funding authority", "ordinary residence",
		"ordinarily resident", "local authority", "council", "la"},
	ResponsibleICB: {"responsible icb", "responsible ccg", "responsible commissioner", "responsible health body", "home icb", "home ccg", "originating icb", "originating ccg", "placing icb", "funding icb",
		"gp icb", "gp ccg", "icb area", "icb", "ccg"},
	School: {"school or college", "school college", "school", "college", "current school", "school setting", "setting", "education setting", "education establishment",
		"education provider", "educational establishment", "education placement", "school name", "provision"},
	PrimaryNeed: {"primary need", "primary sen need", "sen need", "main need", "sen primary need", "psr", "primary support reason", "diagnosis", "disability", "need", "needs", "category of need"},
	EHCP:        {"ehcp", "ehc plan", "ehcp y n", "has ehcp", "ehcp in place", "ehc plan in place", "education health and care plan", "ehc"},
	EHCPReview: {"next ehcp review", "ehcp review due", "ehcp review", "ehcp review date", "ehc plan review", "ehc review", "next ehc review", "ehcp annual review", "annual review",
		"annual review due", "next annual review", "ehcp next review", "next review of ehcp"},
	LegalStatus:      {"legal status", "lac status", "cla status", "looked after status", "cla", "lac", "care status", "cic status", "cwcf status", "child looked after", "looked after", "legal", "care leaver", "section 31", "s31", "section 20", "s20"},
	SocialCareStatus: {"social care status", "cin cp", "cp cin", "cin cp status", "cin status", "cp status", "child in need status", "csc status", "childrens social care status", "child protection status", "child protection plan", "child protection", "cp", "child in need", "cin", "cin plan", "cp plan"},
	ReferralSource:   {"referral source", "source of referral", "referred by", "referrer", "ref source", "source", "referring team", "referral from"},
	Referred: {"referral date", "date of referral", "date referred", "referred on", "date refd", "ref date", "date referred to asc", "date referred to adults", "referral to adults",
		"referral received", "date referral received", "referral received date", "referred to adult team", "referred", "referral"},
	AllocatedWorker: {"allocated worker", "transition worker", "transitions worker", "transition social worker", "tsw", "social worker", "allocated sw", "allocated to", "sw coordinator", "worker", "sw", "named worker", "lead worker",
		"key worker", "keyworker", "case worker", "caseworker", "lead professional", "coordinator"},
	Allocated: {"allocated date", "date allocated", "allocation date", "allocated on", "worker allocated on", "date of allocation"},
	CareActAssessed: {"care act assessment", "care act assessment date", "caa completed", "caa", "caa date", "caa complete", "care act assessment completed", "care act assessment complete",
		"care act assessed", "date care act assessment completed", "csa", "csa completed", "csa date", "care and support assessment", "adult assessment", "adult assessment date", "transition assessment", "assessment completed", "assessment date"},
	CareActOutcome: {"care act assessment outcome", "care act outcome", "caa outcome", "assessment outcome", "outcome of assessment", "outcome of care act assessment", "adult assessment outcome",
		"care act eligibility", "care act eligible", "eligible for adult social care", "adult social care eligible"},
	SupportPlan: {"support plan agreed", "support plan", "support plan date", "support plan completed", "support plan agreed date", "care and support plan", "care support plan", "c sp start", "csp start",
		"c and sp start", "c sp", "care plan date", "support plan in place", "csp date"},
	MentalCapacity: {"mental capacity assessed", "mental capacity assessment", "mental capacity", "mca", "mca date", "mca completed", "mca assessment", "capacity assessment", "capacity assessed", "date of mca"},
	CHCChecklist:   {"chc checklist", "chc checklist date", "checklist date", "chc checklist completed", "date of chc checklist", "chc screening", "chc screening date", "chc referral", "checklist"},
	CHCDecision:    {"chc decision", "chc outcome", "chc eligibility", "chc status", "chc eligible", "chc result", "dst outcome", "dst decision", "chc", "dst"},
	PathwayPlan:    {"pathway plan", "pathway plan date", "pathway plan completed", "pathway plan started", "pp date", "pathway"},
	AdultSafeguarded: {"adult safeguarding referral date", "adult safeguarding referral", "date referred to adult safeguarding", "referred to adult safeguarding", "adult safeguarding", "asg referral",
		"safeguarding adults referral", "safeguarding adults referral date"},
	CourtDate: {"court or tribunal date", "court tribunal date", "court date", "tribunal date", "next court date", "cop date", "court of protection date", "hearing date", "tribunal or court date",
		"court", "tribunal", "cop"},
	Placement:   {"placement", "placement type", "current placement", "accommodation", "provider", "placement provider", "lives", "living arrangements", "where living"},
	OutOfCounty: {"out of county", "ooc", "out of area", "ooa", "out of borough", "out of authority", "placed out of county"},
	PlacementEnds: {"placement end", "placement end date", "placement ends", "placement ends on", "end of placement", "placement end on", "contract end", "contract end date", "placement to",
		"placement review end"},
	WeeklyCost: {"weekly cost", "total weekly cost", "total £ weekly", "total weekly", "£ weekly", "cost weekly", "weekly £", "weekly total", "total cost weekly", "cost of placement weekly",
		"placement cost weekly", "weekly placement cost", "package cost weekly", "weekly package cost", "total £", "weekly fee"},
	ASCWeekly: {"asc weekly", "asc £ weekly", "asc weekly cost", "asc cost weekly", "adult social care weekly", "adults weekly", "adult weekly", "asc £", "asc cost", "weekly asc", "weekly cost asc"},
	CSCWeekly: {"csc weekly", "csc £ weekly", "csc weekly cost", "csc cost weekly", "childrens social care weekly", "childrens weekly", "social care weekly", "csc £", "csc cost", "weekly csc",
		"weekly cost csc", "weekly cost social care"},
	EducationWeekly: {"education weekly", "education £ weekly", "education weekly cost", "education cost weekly", "ed weekly", "ed £ weekly", "sen weekly", "education £", "education cost", "weekly education",
		"weekly cost education"},
	HealthWeekly: {"health weekly", "health £ weekly", "health weekly cost", "health cost weekly", "icb weekly", "ccg weekly", "nhs weekly", "chc weekly", "health £", "health cost", "weekly health",
		"weekly cost health"},
	TransportWeekly:    {"transport weekly", "transport weekly cost", "weekly transport cost", "transport £ weekly", "transport cost weekly", "transport cost", "transport £", "weekly transport", "transport"},
	NHSNumber:          {"nhs number", "nhs no", "nhs num", "nhs"},
	UPN:                {"upn", "unique pupil number", "pupil number"},
	ChildrensReference: {"childrens reference", "childrens services reference", "childrens id"},
	AdultsReference:    {"adults reference", "adult services reference", "adults id", "adult id", "adult social care reference"},
	Section117:         {"section 117", "s117", "sec 117", "s 117", "section 117 aftercare", "s117 aftercare", "s117 entitled", "section 117 entitlement"},
	ProtectedAddress:   {"protected address", "address protected", "confidential address", "address confidential", "protected", "address is protected"},
	Siblings:           {"siblings", "sibling", "sibling group", "brothers and sisters", "sibling names"},
	Interpreter:        {"interpreter", "interpreter needed", "interpreter required", "interpreter or advocate needed", "interpreter or advocate", "language", "first language", "interpreter language"},
	Advocate:           {"advocate", "advocate needed", "advocacy", "advocate name", "imca", "advocate required"},
	Safeguarding:       {"safeguarding concern", "safeguarding concerns", "safeguarding", "safeguarding issue", "safeguarding flag", "safeguarding y n"},
	LibertyAuthorised:  {"deprivation of liberty authorised", "deprivation of liberty", "dol authorised", "dols", "dol", "dols authorised", "copdol", "cop dol", "dol order", "court authorised deprivation of liberty", "court authorised dol", "lps"},
	ViewsRecorded: {"young persons views recorded", "views recorded", "yp views recorded", "yp views", "young persons views", "views of young person", "views", "wishes and feelings",
		"wishes and feelings recorded", "date views recorded", "voice of the young person", "young persons own views", "own views last recorded", "young persons views last recorded", "views last recorded", "date of views", "date the young persons own views were last recorded", "date young persons views were last recorded", "date young persons views last recorded"},
	RAG:            {"rag", "rag rating", "rag status", "risk rag", "red amber green"},
	Notes:          {"notes", "next steps", "comments", "comment", "note", "update", "latest update", "actions", "action", "remarks", "progress", "case notes"},
	ConsentRefused: {"consent refused", "refused consent", "consent withheld", "declined assessment", "assessment refused", "refused assessment"},
	Died:           {"date of death", "died", "died on", "deceased", "deceased date", "date deceased", "dod", "rip"},
	MovedAway:      {"moved away", "date moved away", "moved away on", "moved out of area", "left area", "moved", "date moved", "moved out of county"},
}

// aliasRank maps a heading to its field and its place in that field's list.
var aliasRank = func() map[string]aliasOf {
	ranks := make(map[string]aliasOf)
	for field, aliases := range headingAliases {
		for rank, alias := range aliases {
			if other, taken := ranks[alias]; taken {
				panic("tracker: heading " + alias + " stands for both " + string(other.field) + " and " + string(field))
			}
			ranks[alias] = aliasOf{field, rank}
		}
	}
	return ranks
}()

type aliasOf struct {
	field Field
	rank  int
}

// systemOf is the other reference a heading names by its case system: a children's or an adults'; ""
// when it names none.
func systemOf(text string) Field {
	for _, word := range strings.Fields(heading(text)) {
		switch word {
		case "lcs", "ehm", "childrens", "child", "cyp", "ics":
			return ChildrensReference
		case "las", "adults", "adult", "asc":
			return AdultsReference
		}
	}
	return ""
}

// heading is a heading as the alias table writes it.
func heading(text string) string {
	var words strings.Builder
	for _, letter := range strings.ToLower(text) {
		switch {
		case letter == '\'' || letter == '’' || letter == '‘' || letter == '`':
		case letter == '£':
			words.WriteString(" £ ")
		case unicode.IsLetter(letter) || unicode.IsDigit(letter):
			words.WriteRune(letter)
		default:
			words.WriteByte(' ')
		}
	}
	joined := " " + strings.Join(strings.Fields(words.String()), " ") + " "
	for _, weekly := range []string{" p w ", " pw ", " per week ", " a week ", " per wk ", " wkly ", " week ", " wk "} {
		joined = strings.ReplaceAll(joined, weekly, " weekly ")
	}
	return strings.TrimSpace(joined)
}

// matchHeading finds the field a heading names, trying it whole, without what stands in brackets,
// and without a trailing "date" or "Y/N".
func matchHeading(text string) (aliasOf, bool) {
	if saysShare(text) {
		payer, ok := payerOf(text)
		return aliasOf{payer, shareRank}, ok
	}
	tries := []string{heading(text)}
	if open := strings.IndexByte(text, '('); open > 0 {
		rest := ""
		if end := strings.IndexByte(text[open:], ')'); end > 0 {
			rest = text[open+end+1:]
		}
		tries = append(tries, heading(text[:open]+" "+rest))
	}
	for _, try := range tries {
		if match, ok := aliasRank[try]; ok {
			return match, true
		}
		for _, tail := range []string{" date", " y n", " yes no", " if known", " required"} {
			if match, ok := aliasRank[strings.TrimSuffix(try, tail)]; ok {
				return match, true
			}
		}
	}
	return aliasOf{}, false
}
