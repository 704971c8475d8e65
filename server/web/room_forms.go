package web

import (
	"strconv"
	"strings"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/money"
)

// split reads the shares typed for each agency: "propose-weekly-<agency>" and "propose-once-<agency>".
func (f *roomForm) split() []room.Share {
	shares := []room.Share{}
	for _, name := range f.names(f.name + "-weekly-") {
		agency, err := uuid.Parse(name)
		if err != nil {
			continue // not one of ours
		}
		share := room.Share{AgencyID: agency, WeeklyPence: f.pounds("weekly-" + name), OneOffPence: f.pounds("once-" + name)}
		if share.WeeklyPence != 0 || share.OneOffPence != 0 {
			shares = append(shares, share)
		}
	}
	return shares
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
		WithoutPrejudice: f.yes("without_prejudice"), Meanwhile: f.text("meanwhile"), Challenge: room.ChallengeRoute(f.text("challenge")), Missing: f.text("missing"),
		NextForumID: f.choice("next_forum_id"), NextMeetingID: f.choice("next_meeting_id"), WhatNext: f.text("what_next"),
		CastingVote: room.Position(f.text("casting_vote")), EndorsedByID: f.choice("endorsed_by_id"), AssessorPresent: f.yes("assessor_present"),
		ReplacesID: f.choice("replaces_id"),
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
