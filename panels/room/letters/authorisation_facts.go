package letters

import "quorate/server/base/clock"

// Said is a fact with its name.
type Said struct{ Name, Text string }

// AuthorisationFacts are an authorisation in words, the same on the page and on paper.
func AuthorisationFacts(a AuthorisationRow) []Said {
	day := func(d clock.Date, none string) string {
		if d.IsZero() {
			return none
		}
		return d.Long()
	}
	kind := a.Kind.Words()
	if a.Follows > 0 {
		kind += ". It takes the place of " + AuthorisationReference(a.Follows)
		if a.Kind == EndPayment {
			kind = "End of payment. Nothing more is paid under " + AuthorisationReference(a.Follows)
		}
	}
	facts := []Said{
		{"Kind", kind}, {"Case", a.Case()}, {"Decision", a.Decision()}, {"Paid by", agencyWords(a)}, {"Amount", AmountWords(a.WeeklyPence, a.OneOffPence)},
		{"From", day(a.StartOn, "The day the decision began to bind")},
	}
	if a.Kind != EndPayment {
		facts = append(facts, Said{"To", day(a.EndOn, "It goes on until the panel decides otherwise")}, Said{"Review", day(a.ReviewOn, "None set")})
	}
	if a.WithoutPrejudice {
		facts = append(facts, Said{"Without prejudice", withoutPrejudiceWords})
	}
	if a.PaysProvider != "" {
		facts = append(facts, Said{"Pays the provider", a.PaysProvider})
	}
	facts = append(facts, Said{"Committed by", nobody(a.Committed)}, Said{"Authorised by", nobody(a.Authorised)})
	if a.IssuedAt != nil {
		facts = append(facts, Said{"Issued", clock.DateOf(*a.IssuedAt).Long() + ", by " + a.Issuer})
	}
	if a.FollowedBy > 0 {
		facts = append(facts, Said{"Followed by", AuthorisationReference(a.FollowedBy)})
	}
	return facts
}

func agencyWords(a AuthorisationRow) string {
	if a.LegalBody == "" {
		return a.Agency
	}
	return a.Agency + ", " + a.LegalBody
}

func nobody(name string) string {
	if name == "" {
		return "Nobody is recorded"
	}
	return name
}
