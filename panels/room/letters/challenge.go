package letters

import "quorate/panels/room"

// withoutPrejudiceWords is said where an agency pays while a dispute runs.
const withoutPrejudiceWords = "This money is paid without prejudice while it is settled who has to pay. It may be claimed back."

// challengeIn is how to challenge a decision, in words for whoever reads the letter. An agency is told the
// route as the record has it; the family is told what to do.
func challengeIn(route room.ChallengeRoute, audience Audience, easy bool) string {
	switch {
	case route == "":
		return ""
	case easy:
		return challengeEasy[route]
	case audience.Family():
		return challengePlain[route]
	default:
		return route.Words() + "."
	}
}

var challengePlain = map[room.ChallengeRoute]string{
	room.ChallengeEHCP: "If this is about your education, health and care plan, you can ask for mediation. That is a free meeting with somebody who takes no side. " +
		"After that you can appeal to the SEND Tribunal. The letter with the decision on your plan says by when. A mediation adviser can tell you more.",
	room.ChallengeCHC: "Write to the integrated care board and ask it to look at its decision again. This is called local resolution. " +
		"If you are still not happy, you can ask NHS England for an independent review.",
	room.ChallengeCareAct: "Complain to the council first. Its complaints team will tell you how. " +
		"If you are not happy with its answer, you can ask the Local Government and Social Care Ombudsman to look at it. That is free.",
	room.ChallengeChildrenAct: "Complain to the council’s children’s services. You have a right to an advocate who helps you to do this. " +
		"If you are not happy with the answer, you can ask for the next stage of the complaint.",
}

var challengeEasy = map[room.ChallengeRoute]string{
	room.ChallengeEHCP:        "You can ask for a meeting with somebody who takes no side.\nThis is called mediation.\nIt is free.\nAfter that, you can ask a tribunal to decide.\nA tribunal is like a court.",
	room.ChallengeCHC:         "You can ask the NHS to look at this again.\nIf you still do not agree, you can ask NHS England.",
	room.ChallengeCareAct:     "You can complain to the council.\nIf you still do not agree, you can ask the Ombudsman.\nThe Ombudsman checks if councils are fair.\nIt is free.",
	room.ChallengeChildrenAct: "You can complain to children’s services.\nSomebody called an advocate can help you.\nAn advocate is on your side.",
}
