package room

import (
	"slices"
	"strings"

	"quorate/agendas"
	"quorate/panels"
)

// screen is the meeting as the big screen shows it, by rule 13. It is put together from nothing, so that
// what the room's view gains never reaches the wall by itself.
func (p projector) screen() View {
	m := p.Meeting
	view := View{
		Seq: p.Seq(), People: []PersonView{}, Items: []ItemLine{}, Notes: []NoteView{}, Writing: []PenView{}, Actions: []ActionView{}, Arising: []ArisingView{}, List: []ListRow{},
		Choices: ChoicesView{Agencies: []Choice{}, Funders: []Choice{}, Owners: []Choice{}, People: []Choice{}, Forums: []Choice{}, Meetings: []Choice{}}, Me: Me(p.State, p.viewer),
		Meeting: MeetingView{
			ID: m.ID, ForumID: m.ForumID, ForumSlug: p.Forum.Slug, Forum: p.Forum.Name, StartsAt: m.StartsAt.UTC(), EndsAt: m.EndsAt.UTC(),
			Status: m.Status, StatusWords: statusWords[m.Status], Method: p.Terms.VotingMethod, ListMode: p.Terms.ListMode, Private: p.Terms.PrivateDeliberation,
			PausedAt: inUTC(m.PausedAt),
		},
		Quorum: QuorumView{Missing: []string{}},
	}
	for _, item := range p.Items {
		view.Items = append(view.Items, p.screenLine(item))
	}
	open, isOpen := p.open()
	if !isOpen {
		return view
	}
	line := p.screenLine(open)
	view.Item = &ItemView{ItemLine: line, Stage: open.Stage, Reasons: []ReasonView{}, Papers: []PaperView{}, Interests: []InterestView{}, Law: []string{}, Outcomes: []OutcomeChoice{}, NotOurs: []string{}, EarlierMinutes: []EarlierMinutes{}, Replaceable: []Choice{}}
	view.Item.OpenedAt, view.Item.SpentSince = inUTC(open.OpenedAt), open.SpentSeconds
	if line.Hidden != "" {
		return view
	}
	if runs := p.runs(open.ID); len(runs) > 0 {
		view.Vote = p.screenVote(runs[len(runs)-1])
	}
	if decision, found := p.State.decision(open.ID); found {
		view.Decision = &DecisionView{
			ID: decision.ID, ItemID: decision.ItemID, Outcome: decision.Outcome, Words: decision.Outcome.Words(), Standing: decision.standingWords(),
			Split: []ShareView{}, Conditions: []ConditionView{}, Facts: []Fact{}, Corrections: []Correction{}, Needs: []NeedView{}, ConfirmedAt: decision.ConfirmedAt.UTC(),
		}
	}
	return view
}

// screenLine is an item by its number and reference. Of titles only those of the terms of reference are
// shown: any other was typed for this meeting, and may name somebody.
func (p projector) screenLine(item Item) ItemLine {
	line := ItemLine{ID: item.ID, Number: item.Number, Kind: string(item.Kind), Minutes: item.Minutes, Progress: item.Progress, TakenOff: item.State == agendas.TakenOff}
	if slices.Contains(p.viewer.Left, item.ID) {
		line.Hidden = "Not shown here"
		return line
	}
	if !p.Forum.Board {
		line.Reference = item.Reference()
	}
	if item.Kind == agendas.StandingItem && slices.ContainsFunc(p.Terms.StandingItems, func(s panels.StandingItem) bool { return strings.TrimSpace(s.Title) == item.Title }) {
		line.Title = item.Title
	}
	if decision, found := p.State.decision(item.ID); found {
		line.Outcome = decision.Outcome.Words()
	}
	if said := p.Ratified[item.ID].Ratification; said != nil {
		line.Outcome = said.outcome()
	}
	return line
}

// screenVote is how far a vote has got, and once it is closed what it came to: who gave what stays at the table.
func (p projector) screenVote(vote Vote) *VoteView {
	run := p.run(vote)
	return &VoteView{
		ID: run.ID, ItemID: run.ItemID, Run: run.Run, Open: run.Open, Proposal: run.Outcome.Words(), Outcome: run.Outcome, Rule: run.Rule, Provisional: run.Provisional,
		Split: []ShareView{}, OpenedAt: run.OpenedAt, ClosedAt: run.ClosedAt, May: []Position{}, Voters: []VoterView{}, Voted: run.Voted, Of: run.Of,
		Result: run.Result, Carried: run.Carried, Tied: run.Tied, Earlier: []VoteView{},
	}
}
