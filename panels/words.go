package panels

// Words is the method as people say it.
func (m VotingMethod) Words() string {
	switch m {
	case Spoken:
		return "Spoken: the clerk records each position"
	case Devices:
		return "On devices: each member gives their agency’s position"
	default:
		return ""
	}
}

// Words is the way of chairing as people say it.
func (c Chairing) Words() string {
	switch c {
	case OneChair:
		return "One chair, with a deputy"
	case TwoAlternating:
		return "Two chairs, in turn"
	case TwoJointly:
		return "Two chairs, together"
	default:
		return ""
	}
}

// Words is the rule as people say it.
func (r VotingRule) Words() string {
	switch r {
	case Consensus:
		return "Consensus: nobody objects"
	case SimpleMajority:
		return "Simple majority"
	case TwoThirds:
		return "Two thirds"
	case FunderConsent:
		return "Funder consent: each funder agrees to its own share"
	default:
		return ""
	}
}

// Words is the status as people say it.
func (s MeetingStatus) Words() string {
	switch s {
	case Draft:
		return "Draft"
	case Scheduled:
		return "Scheduled"
	case InSession:
		return "In session"
	case Adjourned:
		return "Adjourned"
	case Closed:
		return "Closed"
	case Cancelled:
		return "Cancelled"
	default:
		return ""
	}
}

// Words is the approval as people say it.
func (a LetterApproval) Words() string {
	if a == ChairApproves {
		return "The chair approves them"
	}
	return "The clerk or the chair approves them"
}
