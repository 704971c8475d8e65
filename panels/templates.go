package panels

import "quorate/server/base/access"

// Template is a kind of forum that ships with the product: terms of reference and seats to start
// from. A forum made from one keeps nothing of it but its key, so changing either never changes
// the other.
type Template struct {
	Key         string
	Name        string
	Does        string // one line for the page where a template is chosen
	PerLocality bool   // one forum for each locality, named after it
	Board       bool
	EscalatesTo string // the key of the template whose forum takes what is stuck; "" where nothing is above
	Terms       Terms  // without forum, number or dates
	Seats       []TemplateSeat
}

// TemplateSeat is a place at the table, by kind of agency, so that it fits any partnership.
type TemplateSeat struct {
	Name     string
	Kind     AgencyKind
	Office   access.Office
	Standing access.Standing
}

// TemplateByKey finds a shipped template.
func TemplateByKey(key string) (Template, bool) {
	for _, template := range Templates {
		if template.Key == key {
			return template, true
		}
	}
	return Template{}, false
}

// Templates are the forums that councils and the NHS run for young people becoming adults. Names,
// members and the cadence of the locality, funding and health meetings follow what partnerships
// have published; every other figure is a starting point each partnership changes.
var Templates = []Template{
	{
		Key: "locality", Name: "Locality transition meeting", PerLocality: true, EscalatesTo: "transitions_panel",
		Does: "Follows every young person in one locality who may need adult care, from 14.",
		Terms: starting(Terms{
			Purpose: "To know every young person in the locality who is likely to need care and support as an adult, from the age of 14; " +
				"to make sure each is referred to the adult team from 16; to share safeguarding concerns that reach into adulthood and risks to others; " +
				"and to name who does what next.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{AdultSocialCare, ChildrenSocialCare},
			VotingMethod: Spoken, VotingRule: Consensus, ListMode: true,
			Cadence: "FREQ=MONTHLY;BYDAY=2TU", StartTime: "09:30", DurationMinutes: 180, MinutesPerItem: 3,
		}),
		Seats: []TemplateSeat{
			chair("Practice supervisor, adult transition team", AdultSocialCare, access.Deciding),
			deputyChair("Senior social worker, adult transition team", AdultSocialCare, access.Deciding),
			clerk(AdultSocialCare),
			deciding("Children’s disability team", ChildrenSocialCare),
			deciding("Children we care for", ChildrenSocialCare),
			deciding("Leaving care", ChildrenSocialCare),
			deciding("Education", Education),
			deciding("Special educational needs casework", Education),
			deciding("Health", HealthContinuing),
		},
	},
	{
		Key: "mapac", Name: "Multi-agency placement and commissioning panel (MAPaC)", EscalatesTo: "marp",
		Does: "Takes joint funding decisions once, together.",
		Terms: starting(Terms{
			Purpose: "To decide together how the needs of a young person are met and which agency pays what share, " +
				"with each funder’s own consent, before the young person turns 18.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{AdultSocialCare, HealthContinuing},
			VotingMethod: Devices, VotingRule: FunderConsent, Decides: true, PrivateDeliberation: true,
			Cadence: "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE", StartTime: "13:30", DurationMinutes: 150, MinutesPerItem: 20,
		}),
		Seats: []TemplateSeat{
			// The chairs commit no money, so a funder's position is only ever cast from its own seat.
			chair("Chair, adult social care", AdultSocialCare, access.InAttendance),
			deputyChair("Deputy chair, children’s social care", ChildrenSocialCare, access.InAttendance),
			clerk(AdultSocialCare),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Education and SEND", Education),
			deciding("NHS continuing health care", HealthContinuing),
			deciding("Commissioning", Commissioning),
			advisory("Brokerage", Brokerage),
		},
	},
	{
		Key: "joint_solutions", Name: "Joint solutions panel", EscalatesTo: "marp",
		Does: "Agrees jointly funded packages for complex cases.",
		Terms: starting(Terms{
			Purpose: "To find and agree jointly funded packages where no ready service meets a young person’s needs, " +
				"and to tell commissioners what is missing from the market.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{AdultSocialCare, HealthContinuing},
			Chairing: TwoJointly, VotingMethod: Devices, VotingRule: FunderConsent, Decides: true, PrivateDeliberation: true,
			Cadence: "FREQ=MONTHLY;BYDAY=3TH", StartTime: "09:30", DurationMinutes: 150, MinutesPerItem: 30,
		}),
		Seats: []TemplateSeat{
			chair("Joint chair, social care", AdultSocialCare, access.InAttendance),
			chair("Joint chair, health", HealthContinuing, access.InAttendance),
			clerk(AdultSocialCare),
			deciding("Health", HealthContinuing),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Education", Education),
			deciding("Commissioning", Commissioning),
		},
	},
	{
		Key: "complex_cases", Name: "Complex cases panel", EscalatesTo: "marp",
		Does: "Holds the cases that no single service can hold.",
		Terms: starting(Terms{
			Purpose: "To hold together the cases that no single service can hold, name who leads on each, " +
				"and recommend to each agency what it should do and pay.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{AdultSocialCare, HealthContinuing},
			Chairing: TwoJointly, VotingMethod: Spoken, VotingRule: Consensus, PrivateDeliberation: true,
			Cadence: "FREQ=MONTHLY;BYDAY=1TH", StartTime: "14:00", DurationMinutes: 120, MinutesPerItem: 30,
		}),
		Seats: []TemplateSeat{
			chair("Joint chair, social care", AdultSocialCare, access.Deciding),
			chair("Joint chair, health", HealthContinuing, access.Deciding),
			clerk(AdultSocialCare),
			deciding("Health", HealthContinuing),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Education", Education),
			deciding("Commissioning", Commissioning),
		},
	},
	{
		Key: "marp", Name: "Multi-agency resource panel (MARP)", EscalatesTo: "strategic_board",
		Does: "Agrees high-cost packages and settles disputes between funders.",
		Terms: starting(Terms{
			Purpose: "To agree packages of high cost across education, social care and health, " +
				"and to settle disputes about who pays that another panel could not.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{Education, ChildrenSocialCare, HealthContinuing},
			VotingMethod: Devices, VotingRule: FunderConsent, Decides: true, PrivateDeliberation: true,
			Cadence: "FREQ=MONTHLY;BYDAY=4MO", StartTime: "13:00", DurationMinutes: 180, MinutesPerItem: 30,
		}),
		Seats: []TemplateSeat{
			chair("Chair, education", Education, access.InAttendance),
			deputyChair("Deputy chair, children’s social care", ChildrenSocialCare, access.InAttendance),
			clerk(Education),
			deciding("Education", Education),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Health", HealthContinuing),
			advisory("Adult social care", AdultSocialCare),
		},
	},
	{
		Key: "transitions_panel", Name: "Transitions panel", EscalatesTo: "strategic_board",
		Does: "Agrees packages, watches the tracker and referrals, and finds what blocks them.",
		Terms: starting(Terms{
			Purpose: "To agree packages of care for young people becoming adults, to watch the tracker, the dashboard and the flow of referrals, " +
				"and to find what blocks them and escalate it.",
			QuorumMembers: 4, QuorumAgencies: []AgencyKind{AdultSocialCare, ChildrenSocialCare, HealthContinuing},
			VotingMethod: Devices, VotingRule: FunderConsent, Decides: true, PrivateDeliberation: true,
			Cadence: "FREQ=MONTHLY;BYDAY=3TU", StartTime: "10:00", DurationMinutes: 150, MinutesPerItem: 20,
		}),
		Seats: []TemplateSeat{
			chair("Corporate head of service", AdultSocialCare, access.InAttendance),
			deputyChair("Deputy chair, children’s social care", ChildrenSocialCare, access.InAttendance),
			clerk(AdultSocialCare),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Education", Education),
			deciding("Commissioning", Commissioning),
			deciding("Health", HealthContinuing),
		},
	},
	{
		Key: "health_transitions", Name: "Health transitions meeting", EscalatesTo: "transitions_panel",
		Does: "Looks after the health side of each move to adult services.",
		Terms: starting(Terms{
			Purpose: "To plan the health side of each young person’s move to adult services, so that no treatment or support stops at 18 " +
				"because nobody took it on.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{HealthContinuing, AdultSocialCare},
			VotingMethod: Spoken, VotingRule: Consensus, ListMode: true,
			Cadence: "FREQ=MONTHLY;INTERVAL=3;BYDAY=2WE", StartTime: "14:00", DurationMinutes: 120, MinutesPerItem: 5,
		}),
		Seats: []TemplateSeat{
			chair("Learning disability health team", HealthContinuing, access.Deciding),
			deputyChair("Deputy chair, continuing health care", HealthContinuing, access.Deciding),
			clerk(HealthContinuing),
			deciding("Learning disability child and adolescent mental health service", HealthContinuing),
			deciding("Continuing health care", HealthContinuing),
			deciding("Adult transition team", AdultSocialCare),
		},
	},
	{
		Key: "transitional_safeguarding", Name: "Transitional safeguarding panel", EscalatesTo: "strategic_board",
		Does: "Plans for young people at risk who are unlikely to meet adult criteria.",
		Terms: starting(Terms{
			Purpose: "To plan for young people who are at risk of harm, or of harming others, as they become adults " +
				"and who are unlikely to meet the criteria of adult services.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{ChildrenSocialCare, AdultSocialCare},
			VotingMethod: Spoken, VotingRule: Consensus, PrivateDeliberation: true,
			Cadence: "FREQ=MONTHLY;BYDAY=1WE", StartTime: "10:00", DurationMinutes: 120, MinutesPerItem: 15,
		}),
		Seats: []TemplateSeat{
			chair("Children’s social care", ChildrenSocialCare, access.Deciding),
			deputyChair("Adult safeguarding", AdultSocialCare, access.Deciding),
			clerk(ChildrenSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Adult social care", AdultSocialCare),
			deciding("Health", HealthContinuing),
			advisory("Housing", Housing),
			advisory("Voluntary sector", VoluntarySector),
		},
	},
	{
		Key: "complex_health", Name: "Complex health forum", EscalatesTo: "transitions_panel",
		Does: "Plans for young people with complex health needs.",
		Terms: starting(Terms{
			Purpose: "To plan across services for young people whose health needs are complex, including those who may be eligible for NHS continuing health care at 18. " +
				"It does not decide eligibility: the integrated care board does.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{HealthContinuing},
			VotingMethod: Spoken, VotingRule: Consensus,
			Cadence: "FREQ=MONTHLY;BYDAY=3WE", StartTime: "10:00", DurationMinutes: 120, MinutesPerItem: 20,
		}),
		Seats: []TemplateSeat{
			chair("Chair, health", HealthContinuing, access.Deciding),
			deputyChair("Deputy chair, children’s social care", ChildrenSocialCare, access.Deciding),
			clerk(HealthContinuing),
			deciding("Continuing health care", HealthContinuing),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Adult social care", AdultSocialCare),
			deciding("Education", Education),
			advisory("Parents and carers", IndependentOfAgency),
		},
	},
	{
		Key: "dynamic_support", Name: "Dynamic support register meeting", EscalatesTo: "strategic_board",
		Does: "Keeps young people with a learning disability or autism out of hospital.",
		Terms: starting(Terms{
			Purpose: "To review everyone on the dynamic support register who is becoming an adult, " +
				"so that people with a learning disability or autistic people are supported at home and not admitted to hospital for want of it.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{HealthContinuing, AdultSocialCare},
			VotingMethod: Spoken, VotingRule: Consensus, ListMode: true,
			Cadence: "FREQ=MONTHLY;BYDAY=2TH", StartTime: "09:30", DurationMinutes: 120, MinutesPerItem: 5,
		}),
		Seats: []TemplateSeat{
			chair("Learning disability and autism lead", HealthContinuing, access.Deciding),
			deputyChair("Deputy chair, adult social care", AdultSocialCare, access.Deciding),
			clerk(HealthContinuing),
			deciding("Health", HealthContinuing),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Education", Education),
			deciding("Commissioning", Commissioning),
		},
	},
	{
		Key: "maqa", Name: "Multi-agency quality assurance (MAQA)", EscalatesTo: "send_board",
		Does: "Checks the quality of plans and of how agencies worked together.",
		Terms: starting(Terms{
			Purpose: "To read a sample of plans together, judge their quality and how well agencies worked with the young person and each other, " +
				"and report what must change.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{Education},
			VotingMethod: Spoken, VotingRule: Consensus,
			Cadence: "FREQ=MONTHLY;INTERVAL=2;BYDAY=4TH", StartTime: "13:30", DurationMinutes: 150, MinutesPerItem: 25,
		}),
		Seats: []TemplateSeat{
			chair("Chair, education and SEND", Education, access.Deciding),
			deputyChair("Deputy chair, children’s social care", ChildrenSocialCare, access.Deciding),
			clerk(Education),
			deciding("Education", Education),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Adult social care", AdultSocialCare),
			deciding("Health", HealthContinuing),
			advisory("Parents and carers", IndependentOfAgency),
		},
	},
	{
		Key: "preparing_for_adulthood", Name: "Preparing for adulthood theme group", EscalatesTo: "send_board",
		Does: "Improves work, homes, friends and health for young people from Year 9.",
		Terms: starting(Terms{
			Purpose: "To improve what young people with special educational needs or disabilities can expect as adults: " +
				"work, a home, friends and community, and good health, beginning in Year 9.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{Education, AdultSocialCare},
			Chairing: TwoAlternating, VotingMethod: Spoken, VotingRule: Consensus,
			Cadence: "FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU", StartTime: "10:00", DurationMinutes: 120, MinutesPerItem: 20,
		}),
		Seats: []TemplateSeat{
			chair("Chair, education", Education, access.Deciding),
			chair("Chair, adult social care", AdultSocialCare, access.Deciding),
			clerk(Education),
			deciding("Education", Education),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
			deciding("Health", HealthContinuing),
			advisory("Parents and carers", IndependentOfAgency),
			advisory("Voluntary sector", VoluntarySector),
		},
	},
	{
		Key: "send_board", Name: "SEND improvement and assurance board", Board: true,
		Does: "Governs the improvement of services for SEND.",
		Terms: starting(Terms{
			Purpose: "To assure partners that services for children and young people with special educational needs and disabilities improve, " +
				"and to remove what stands in the way.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{Education, HealthContinuing},
			VotingMethod: Spoken, VotingRule: Consensus, Decides: true,
			Cadence: "FREQ=MONTHLY;INTERVAL=3;BYDAY=3MO", StartTime: "14:00", DurationMinutes: 120, MinutesPerItem: 15,
		}),
		Seats: []TemplateSeat{
			chair("Director of children’s services", ChildrenSocialCare, access.Deciding),
			deputyChair("Director of education", Education, access.Deciding),
			clerk(Education),
			deciding("Education", Education),
			deciding("Adult social care", AdultSocialCare),
			deciding("Health", HealthContinuing),
			advisory("Parent-carer council", IndependentOfAgency),
		},
	},
	{
		Key: "delivery_group", Name: "Transitions delivery group", EscalatesTo: "strategic_board",
		Does: "Keeps the delivery plan, its risks and issues, and reports progress each year.",
		Terms: starting(Terms{
			Purpose: "To carry out the partnership’s plan for moves to adulthood: keep the delivery plan, its risks and issues, " +
				"hear the working groups, and report progress each year.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{AdultSocialCare, ChildrenSocialCare, Education},
			Chairing: TwoJointly, VotingMethod: Spoken, VotingRule: Consensus,
			Cadence: "FREQ=MONTHLY;INTERVAL=3;BYDAY=1MO", StartTime: "10:00", DurationMinutes: 120, MinutesPerItem: 20,
		}),
		Seats: []TemplateSeat{
			chair("Joint chair, adult social care", AdultSocialCare, access.Deciding),
			chair("Joint chair, children’s social care", ChildrenSocialCare, access.Deciding),
			clerk(AdultSocialCare),
			deciding("Education", Education),
			deciding("Health", HealthContinuing),
			deciding("Adult social care", AdultSocialCare),
			deciding("Children’s social care", ChildrenSocialCare),
		},
	},
	{
		Key: "cohort_group", Name: "Transitions working group", EscalatesTo: "delivery_group",
		Does: "Works on the plan for one group: looked after, SEND, or entering adult services.",
		Terms: starting(Terms{
			Purpose: "To carry out the part of the delivery plan that concerns one group of young people: " +
				"those looked after, those with special educational needs or disabilities, or those entering adult services.",
			QuorumMembers: 2, QuorumAgencies: []AgencyKind{AdultSocialCare, ChildrenSocialCare},
			Chairing: TwoJointly, VotingMethod: Spoken, VotingRule: Consensus,
			Cadence: "FREQ=MONTHLY;INTERVAL=2;BYDAY=2MO", StartTime: "10:00", DurationMinutes: 90, MinutesPerItem: 15,
		}),
		Seats: []TemplateSeat{
			chair("Joint chair, adult social care", AdultSocialCare, access.Deciding),
			chair("Joint chair, children’s social care", ChildrenSocialCare, access.Deciding),
			clerk(AdultSocialCare),
			deciding("Education", Education),
			deciding("Health", HealthContinuing),
		},
	},
	{
		Key: "strategic_board", Name: "Strategic transitions board", Board: true,
		Does: "Governs the whole, receives what is stuck and answers it.",
		Terms: starting(Terms{
			Purpose: "To govern how the partnership prepares young people for adulthood, to receive what the forums could not solve, " +
				"and to answer each escalation with a direction, an owner and a date.",
			QuorumMembers: 3, QuorumAgencies: []AgencyKind{AdultSocialCare, ChildrenSocialCare, HealthContinuing},
			VotingMethod: Spoken, VotingRule: Consensus, Decides: true,
			Cadence: "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TH", StartTime: "14:00", DurationMinutes: 120, MinutesPerItem: 15,
		}),
		Seats: []TemplateSeat{
			chair("Independent chair", IndependentOfAgency, access.Deciding),
			deputyChair("Deputy chair, adult social care", AdultSocialCare, access.Deciding),
			clerk(AdultSocialCare),
			deciding("Director of adult social care", AdultSocialCare),
			deciding("Director of children’s services", ChildrenSocialCare),
			deciding("Health", HealthContinuing),
			advisory("Voluntary sector", VoluntarySector),
			advisory("Parent-carer council", IndependentOfAgency),
		},
	},
}

// starting fills in the periods that every template starts from.
func starting(terms Terms) Terms {
	if terms.Chairing == "" {
		terms.Chairing = OneChair
	}
	terms.PapersDueDays, terms.AgendaOutDays, terms.MinutesOutDays, terms.LetterDays, terms.AnswerDays, terms.ConfirmDays = 10, 5, 5, 5, 5, 5
	terms.LetterApproval = ClerkApproves
	terms.StandingItems = StandingItems()
	terms.ObserversMax, terms.EscalateAfterDays, terms.FirstReviewMonths, terms.WeeksPerYearThousandths = 3, 28, 3, 52000
	return terms
}

// StandingItems are the lines every forum's agenda starts with; a forum changes its own.
func StandingItems() []StandingItem {
	return []StandingItem{
		{Title: "Welcome and apologies", Minutes: 2},
		{Title: "Declarations of interests", Minutes: 2},
		{Title: "Minutes of the last meeting", Minutes: 3},
		{Title: "Matters arising and the action tracker", Minutes: 5},
		{Title: "Blockers to escalate", Minutes: 5, After: true},
		{Title: "Any other business", Minutes: 2, After: true},
		{Title: "Date of the next meeting", Minutes: 1, After: true},
	}
}

func chair(name string, kind AgencyKind, standing access.Standing) TemplateSeat {
	return TemplateSeat{name, kind, access.Chair, standing}
}

func deputyChair(name string, kind AgencyKind, standing access.Standing) TemplateSeat {
	return TemplateSeat{name, kind, access.DeputyChair, standing}
}

func clerk(kind AgencyKind) TemplateSeat {
	return TemplateSeat{"Clerk", kind, access.Clerk, access.InAttendance}
}

func deciding(name string, kind AgencyKind) TemplateSeat {
	return TemplateSeat{name, kind, access.Member, access.Deciding}
}

func advisory(name string, kind AgencyKind) TemplateSeat {
	return TemplateSeat{name, kind, access.Member, access.Advisory}
}
