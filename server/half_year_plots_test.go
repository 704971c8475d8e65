package main

import (
	"quorate/server/base/clock"
)

// plot is what becomes of one case in the half year.
type plot struct {
	words   string
	number  int // of the case, from 1
	forum   int // of the model's forums
	born    string
	planned bool // a support plan is on record
	owner   string

	acts         []act
	acknowledged int        // whoever holds it says that they have it, so many days after it came; neverAnswering: nobody does
	board        *boardSays // nil: the board does not answer

	deferred, disagreed int  // decisions so far, since the case last moved on
	left                bool // the young person has moved away
}

// act is something that people do about a case, at eleven in the morning of a day.
type act struct {
	on   string
	does doing
	to   string // snooze: until; move: the level's name
	with *plot  // join
}

type doing string

const (
	raises   doing = "raise"
	defers   doing = "defer"
	agrees   doing = "agree"
	disputes doing = "dispute" // the funders do not agree on the request
	resolves doing = "resolve"
	snoozes  doing = "snooze"
	moves    doing = "move"
	joins    doing = "join"
	leaves   doing = "leave"
)

// boardSays is how the board deals with what reaches it.
type boardSays struct {
	after         int // days that it takes
	agrees        bool
	within        int // days it gives
	resolvedAfter int // days after the answer in which the forum is free; 0: never
}

// casesInAll are those of the tracker; most of them nothing becomes of.
const casesInAll = 400

const (
	forumMAPaC = iota
	forumLocality
	forumTransitions
	forumMARP
)

// theHalfYear is the plots of all cases. Days are chosen so that what falls due meets Christmas, new year, Easter,
// weekends, both Sundays on which the clocks change, and the two days on which the server is off.
func theHalfYear() (plots []*plot) {
	owners := []string{"owner.1", "owner.2", "owner.3", "owner.4", "owner.5", "owner.6"}
	add := func(p plot) *plot {
		p.number = len(plots) + 1
		p.owner = owners[p.number%len(owners)]
		if p.born == "" {
			p.born = clock.MustDate("2010-01-05").AddDays(5 * (p.number % 160)).String() // 14 to 17: no birthday is near
		}
		plots = append(plots, &p)
		return &p
	}
	fourForums := []int{forumMAPaC, forumLocality, forumTransitions, forumMARP}

	for _, forum := range fourForums {
		for i, day := range []string{
			"2026-10-01", // time up at MAPaC on 29 October
			"2026-10-04", // a Sunday
			"2026-10-25", // the clocks go back
			"2026-11-27", // four weeks to Christmas Day
			"2026-11-30", // four weeks to the substitute for Boxing Day
			"2026-12-14", // four weeks to the first day that the server is off
			"2026-12-25", "2027-01-01",
			"2027-02-26", // four weeks to Good Friday
			"2027-03-28", // the clocks go forward
		} {
			p := add(plot{words: "left alone", forum: forum, acts: []act{{on: day, does: raises}}, acknowledged: i % 3})
			if i%2 == 0 {
				p.words, p.board = "left alone until the board answers", &boardSays{after: 9, agrees: true, within: 21, resolvedAfter: 16}
			}
		}
		for _, day := range []string{"2026-10-06", "2026-12-18", "2027-01-09"} {
			add(plot{words: "never acknowledged", forum: forum, acts: []act{{on: day, does: raises}}, acknowledged: neverAnswering})
		}
		add(plot{words: "acknowledged after a reminder", forum: forum, acts: []act{{on: "2026-10-13", does: raises}}, acknowledged: 8})

		add(plot{words: "resolved in time", forum: forum, acts: []act{{on: "2026-11-09", does: raises}, {on: "2026-12-04", does: resolves}}})
		add(plot{words: "resolved at Christmas", forum: forum, acts: []act{{on: "2026-11-20", does: raises}, {on: "2026-12-24", does: resolves}}})
		add(plot{words: "raised and resolved over a weekend", forum: forum, acts: []act{{on: "2027-01-16", does: raises}, {on: "2027-01-17", does: resolves}}})

		add(plot{words: "deferred twice", forum: forum, acts: []act{{on: "2026-10-14", does: defers}, {on: "2026-11-11", does: defers}}})
		add(plot{words: "deferred twice, on a Saturday", forum: forum, acts: []act{{on: "2026-10-15", does: defers}, {on: "2026-11-14", does: defers}}})
		add(plot{words: "deferred twice, on a bank holiday", forum: forum, acts: []act{{on: "2026-11-26", does: defers}, {on: "2026-12-28", does: defers}}})
		add(plot{words: "deferred three times", forum: forum, acts: []act{{on: "2026-10-20", does: defers}, {on: "2026-11-17", does: defers}, {on: "2026-12-15", does: defers}}})
		add(plot{words: "deferred, agreed and deferred", forum: forum, acts: []act{{on: "2026-10-21", does: defers}, {on: "2026-11-18", does: agrees}, {on: "2026-12-16", does: defers}}})
		add(plot{words: "raised, then deferred twice", forum: forum, acts: []act{{on: "2027-01-20", does: raises}, {on: "2027-01-21", does: defers}, {on: "2027-01-28", does: defers}}})

		add(plot{words: "funders disagree", forum: forum, acts: []act{{on: "2026-11-03", does: disputes}}, acknowledged: 1})
		add(plot{words: "funders disagree as the clocks change", forum: forum, acts: []act{{on: "2026-10-25", does: disputes}}, acknowledged: 1})
		add(plot{words: "funders disagree between the holidays", forum: forum, acts: []act{{on: "2026-12-29", does: disputes}}})

		add(plot{words: "birthday without a plan", forum: forum, born: "2009-02-02", acts: []act{{on: "2026-11-24", does: raises}}})        // 56 days before: 8 December
		add(plot{words: "birthday 56 days from a Sunday", forum: forum, born: "2009-02-28", acts: []act{{on: "2026-12-10", does: raises}}}) // 3 January
		add(plot{words: "born on 29 February and 18 since 1 March", forum: forum, born: "2008-02-29", acts: []act{{on: "2026-11-04", does: raises}}})
		add(plot{words: "born on 29 February, 14 years old", forum: forum, born: "2012-02-29", acts: []act{{on: "2026-11-04", does: raises}}})
		add(plot{words: "birthday within 56 days when it is raised", forum: forum, born: "2009-01-15", acts: []act{{on: "2026-12-08", does: raises}}})
		add(plot{words: "birthday near, raised on a Saturday", forum: forum, born: "2009-03-20", acts: []act{{on: "2027-02-06", does: raises}}})
		add(plot{words: "birthday and time up on one day", forum: forum, born: "2009-04-07", acts: []act{{on: "2027-01-13", does: raises}}}) // 10 February is both, where 28 days are allowed
		add(plot{words: "birthday with a plan", forum: forum, born: "2009-02-03", planned: true, acts: []act{{on: "2026-11-25", does: raises}}})
		add(plot{words: "birthday of somebody who moves away", forum: forum, born: "2009-03-10", acts: []act{{on: "2027-01-04", does: raises}, {on: "2027-01-08", does: leaves}}})

		add(plot{words: "put off until a Saturday", forum: forum, acts: []act{{on: "2026-10-08", does: raises}, {on: "2026-10-29", does: snoozes, to: "2026-11-21"}}})
		add(plot{words: "put off until Christmas Day", forum: forum, acts: []act{{on: "2026-11-05", does: raises}, {on: "2026-11-26", does: snoozes, to: "2026-12-25"}}, acknowledged: 1})
		add(plot{words: "put off and back before its time", forum: forum, acts: []act{{on: "2027-01-25", does: raises}, {on: "2027-01-27", does: snoozes, to: "2027-02-04"}}})

		older := add(plot{words: "joined by another", forum: forum, acts: []act{{on: "2026-10-19", does: raises}}})
		add(plot{words: "joined into another", forum: forum, acts: []act{{on: "2026-10-26", does: raises}, {on: "2026-11-02", does: joins, with: older}}})
	}
	for _, forum := range []int{forumMAPaC, forumTransitions, forumMARP} { // the locality meeting leads to no board
		add(plot{words: "to the board on the chair’s word, answered and done", forum: forum, acts: []act{{on: "2026-10-12", does: raises}, {on: "2026-10-16", does: moves, to: theBoard}},
			board: &boardSays{after: 10, agrees: true, within: 21, resolvedAfter: 14}})
		add(plot{words: "answered by the board and undone by its date", forum: forum, acts: []act{{on: "2026-10-22", does: raises}, {on: "2026-10-27", does: moves, to: theBoard}},
			board: &boardSays{after: 14, agrees: true, within: 40}})
		add(plot{words: "not agreed by the board", forum: forum, acts: []act{{on: "2026-11-10", does: raises}, {on: "2026-11-23", does: moves, to: theBoard}},
			board: &boardSays{after: 7}})
		add(plot{words: "to the board on a Sunday, never answered", forum: forum, acts: []act{{on: "2026-10-23", does: raises}, {on: "2026-10-25", does: moves, to: theBoard}}, acknowledged: 2})
		add(plot{words: "taken back from the board", forum: forum, acts: []act{{on: "2026-11-12", does: raises}, {on: "2026-11-16", does: moves, to: theBoard}, {on: "2026-12-01", does: resolves}}})
		add(plot{words: "taken to the board in Christmas week, answered on the last day", forum: forum, acts: []act{{on: "2026-12-17", does: raises}, {on: "2026-12-23", does: moves, to: theBoard}},
			board: &boardSays{after: 28, agrees: true, within: 30}})
	}
	for len(plots) < casesInAll {
		p := add(plot{words: "nothing happens", forum: len(plots) % 4})
		switch p.number % 7 {
		case 0: // a birthday without a plan, and nobody raised anything
			p.born = clock.MustDate("2008-11-01").AddDays(p.number % 200).String()
		case 1: // deferred once
			p.acts = []act{{on: clock.MustDate("2026-10-05").AddDays(p.number % 150).String(), does: defers}}
		}
	}
	return plots
}
