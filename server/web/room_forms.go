package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/panels/room"
	"quorate/server/base/money"
)

// split reads the shares typed for each agency, in pounds or, where that is chosen, in percent:
// "propose-weekly-<agency>", "propose-percent-<agency>" and "propose-once-<agency>".
func (f *roomForm) split() []room.Share {
	interim := f.choice("interim")
	shares := slices.DeleteFunc(f.shares(), func(share room.Share) bool {
		return share.WeeklyPence == 0 && share.OneOffPence == 0 && (interim == nil || *interim != share.AgencyID)
	})
	for i := range shares {
		shares[i].WithoutPrejudice = interim != nil && *interim == shares[i].AgencyID
	}
	return shares
}

// shares are those of every agency the form offers, nil ones too.
func (f *roomForm) shares() []room.Share {
	shares, percents, whole := []room.Share{}, []int64{}, int64(0)
	byPercent := f.text("by") == "percent"
	for _, name := range f.agencies() {
		share := room.Share{AgencyID: uuid.MustParse(name)}
		if byPercent {
			percent, err := requests.ParsePercent(f.text("percent-" + name))
			f.form.Require(err == nil, "split", "Enter each percentage from 0 to 100, like 33.33")
			percents, whole = append(percents, percent), whole+percent
		} else {
			share.WeeklyPence, share.OneOffPence = f.pounds("weekly-"+name), f.pounds("once-"+name)
		}
		shares = append(shares, share)
	}
	if !byPercent {
		return shares
	}
	if whole > money.WholePercent {
		f.form.Add("split", "Shares come to %s%%. Take %s%% off", requests.PercentWords(whole), requests.PercentWords(whole-money.WholePercent))
		return shares
	}
	weekly, oneOff := money.SplitPercent(f.pounds("asked_weekly"), percents), money.SplitPercent(f.pounds("asked_once"), percents)
	for i := range shares {
		shares[i].WeeklyPence, shares[i].OneOffPence = weekly[i], oneOff[i]
	}
	return shares
}

// agencies are those the form has fields of a share for.
func (f *roomForm) agencies() []string {
	var all []string
	for _, field := range []string{"weekly-", "percent-", "once-"} {
		for _, name := range f.names(f.name + "-" + field) {
			if _, err := uuid.Parse(name); err == nil && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// pounds reads an amount; nothing typed is nothing.
func (f *roomForm) pounds(field string) int64 {
	typed := f.text(field)
	if typed == "" {
		return 0
	}
	pence, err := money.Parse(typed)
	f.form.Require(err == nil, "split", "Enter each share as pounds, like 602.25")
	return pence
}

// conditionFields are the three conditions the form has room for.
const conditionFields = 3

func (f *roomForm) decision() room.ConfirmDecision {
	decision := room.ConfirmDecision{
		ItemID: f.must("item_id"), VoteID: f.choice("vote_id"), Outcome: room.Outcome(f.text("outcome")), Reasons: f.text("reasons"),
		StartOn: f.date("start_on", f.typedDate("start_on")), ReviewOn: f.date("review_on", f.typedDate("review_on")),
		Meanwhile: f.text("meanwhile"), Challenge: room.ChallengeRoute(f.text("challenge")), Missing: f.text("missing"),
		NextForumID: f.choice("next_forum_id"), NextMeetingID: f.choice("next_meeting_id"), WhatNext: f.text("what_next"),
		CastingVote: room.Position(f.text("casting_vote")), EndorsedByID: f.choice("endorsed_by_id"), AssessorPresent: f.yes("assessor_present"),
		ReplacesID: f.choice("replaces_id"), Direction: f.text("direction"), OwnerID: f.choice("owner_id"), ActBy: f.date("act_by", f.typedDate("act_by")),
	}
	f.form.Require(decision.Outcome != "", "outcome", "Select the outcome")
	for i := range conditionFields {
		field, due := "conditions", "due-"+strconv.Itoa(i+1)
		if i > 0 {
			field += "-" + strconv.Itoa(i+1)
		}
		if text := f.text(field); text != "" {
			nth := strconv.Itoa(i + 1)
			decision.Conditions = append(decision.Conditions, room.Condition{
				Text: text, EvidenceDue: f.date(due, f.typedDate(due)), OwnerID: f.chosen("owner-" + nth), AskedByID: f.choice("asked-" + nth),
			})
		}
	}
	return decision
}

func (f *roomForm) action(item *uuid.UUID) room.RaiseAction {
	raise := room.RaiseAction{ItemID: item, OwnerID: f.chosen("owner_id"), DueOn: f.date("due_on", f.typedDate("due_on")), Text: f.text("text")}
	for _, name := range f.names(f.name + "-also-") {
		if also, err := uuid.Parse(name); err == nil && f.yes("also-"+name) {
			raise.AlsoIDs = append(raise.AlsoIDs, also)
		}
	}
	return raise
}

// listUpdate reads one name's form. What was not changed is not sent, so that it cannot undo what
// somebody else changed meanwhile.
func (f *roomForm) listUpdate() room.UpdateList {
	update := room.UpdateList{
		ItemID: f.must("item_id"), Worker: f.changed("worker", f.text("worker")), NextStep: f.changed("next_step", f.text("next_step")),
		RAG: f.changed("rag", strings.TrimPrefix(f.text("rag"), "none")), Discussed: true, Next: f.yes("next"),
	}
	if f.text("text") != "" || f.text("owner_id") != "" {
		action := f.action(nil)
		if also := f.chosen("also_id"); also != uuid.Nil && also != action.OwnerID {
			action.AlsoIDs = append(action.AlsoIDs, also)
		}
		update.Action = &action
	}
	if f.text("refer") != "" || f.text("refer_reason") != "" {
		update.Refer = &room.ReferTo{ForumID: f.chosen("refer"), Reason: f.text("refer_reason")}
	}
	return update
}

func (f *roomForm) changed(field, now string) *string {
	if now == f.text(field+"_was") {
		return nil
	}
	return &now
}
