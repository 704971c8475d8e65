package web

import (
	"github.com/gofiber/fiber/v2"

	"quorate/frontend/views/help"
	"quorate/server/base/access"
)

// handler answers one request for one actor. An error it returns is answered by Site.answer.
type handler func(c *fiber.Ctx, actor access.Actor) error

// Route is one line of the table of URLs. The door asks whether the actor may do Action on any forum
// at all; the use case asks about the exact forum.
type Route struct {
	Method string
	Path   string
	Action access.Action
	Handle handler
}

// Open marks the few pages anybody may see, signed in or not.
const Open access.Action = ""

const (
	get  = fiber.MethodGet
	post = fiber.MethodPost
)

// Routes is every page and form of the product, in the order of its sentence. Uploads, downloads,
// sockets and long polling are net/http handlers, in Streams.
func (s *Site) Routes() []Route {
	routes := []Route{
		// Signing in
		{get, "/sign-in", Open, s.signInPage},
		{post, "/sign-in", Open, s.signIn},
		{post, "/sign-out", access.UseProduct, s.signOut},

		// Home and help
		{get, "/", access.UseProduct, s.homePage},
		{get, "/help", Open, s.helpPage},
		{get, help.Chair.Href(), Open, s.guidePage(help.Chair)},
		{get, help.Clerk.Href(), Open, s.guidePage(help.Clerk)},
		{get, help.Board.Href(), Open, s.guidePage(help.Board)},
		{get, "/help/api", access.UseProduct, s.apiReferencePage},
		{get, "/accessibility", Open, s.accessibilityPage},
		{get, "/privacy", Open, s.privacyPage},

		// Forums, seats and meetings
		{get, "/forums", access.ReadForums, s.forumsPage},
		{get, "/forums/new", access.ChangeForums, s.newForumPage},
		{post, "/forums", access.ChangeForums, s.createForum},
		{get, "/forums/:forum", access.ReadForums, s.forumPage},
		{get, "/forums/:forum/terms", access.ChangeForums, s.termsPage},
		{get, "/forums/:forum/edit", access.ChangeForums, s.editForumPage},
		{post, "/forums/:forum/edit", access.ChangeForums, s.changeForum},
		{post, "/forums/:forum/terms", access.ChangeForums, s.changeTerms},
		{get, "/forums/:forum/terms/:number", access.ReadForums, s.termsVersionPage},
		{get, "/forums/:forum/seats/new", access.ChangeForums, s.newSeatPage},
		{post, "/forums/:forum/seats", access.ChangeForums, s.addSeat},
		{get, "/forums/:forum/seats/:seat", access.FillSeats, s.seatPage},
		{post, "/forums/:forum/seats/:seat", access.ChangeForums, s.changeSeat},
		{post, "/forums/:forum/seats/:seat/fill", access.FillSeats, s.fillSeat},
		{get, "/forums/:forum/seats/:seat/end", access.FillSeats, s.endPlacePage},
		{post, "/forums/:forum/seats/:seat/vacate", access.FillSeats, s.vacateSeat},
		{post, "/forums/:forum/seats/:seat/deputies", access.FillSeats, s.moveDeputy},
		{get, "/forums/:forum/schedule", access.Schedule, s.schedulePage},
		{post, "/forums/:forum/schedule", access.Schedule, s.scheduleSeries},
		{post, "/forums/:forum/schedule/preview", access.Schedule, s.previewSeries},
		{post, "/forums/:forum/series/:series/end", access.Schedule, s.endSeries},
		{post, "/forums/:forum/series/:series/publish", access.Schedule, s.publishSeries},
		{post, "/forums/:forum/series/:series/discard", access.Schedule, s.discardSeries},
		{get, "/forums/:forum/series/:series/change", access.Schedule, s.changeSeriesPage},
		{post, "/forums/:forum/series/:series/change", access.Schedule, s.changeSeries},
		{post, "/forums/:forum/series/:series/change/preview", access.Schedule, s.previewChange},
		{get, "/forums/:forum/meetings/new", access.Schedule, s.newMeetingPage},
		{post, "/forums/:forum/meetings", access.Schedule, s.callMeeting},
		{get, "/forums/:forum/planner", access.ReadMeeting, s.plannerPage},
		{get, "/forums/:forum/absences", access.ReadMeeting, s.forumAbsencesPage},
		{post, "/forums/:forum/absences", access.RecordAbsences, s.recordAbsenceFor},
		{get, "/schedule", access.Schedule, s.yearPage},
		{post, "/schedule", access.Schedule, s.scheduleYear},
		{post, "/schedule/preview", access.Schedule, s.previewYear},
		{get, "/absences", access.UseProduct, s.absencesPage},
		{post, "/absences", access.UseProduct, s.recordAbsence},
		{get, "/absences/:absence", access.UseProduct, s.absencePage}, // one's own, or one that was written down for somebody
		{post, "/absences/:absence", access.UseProduct, s.changeAbsence},
		{post, "/absences/:absence/remove", access.UseProduct, s.removeAbsence},
		{get, "/meetings", access.UseProduct, s.calendarPage},
		{get, "/meetings/:meeting", access.ReadMeeting, s.meetingPage},
		{get, "/meetings/:meeting/meeting.ics", access.ReadMeeting, s.meetingFile},
		{get, "/meetings/:meeting/move", access.Schedule, s.moveMeetingPage},
		{post, "/meetings/:meeting/move", access.Schedule, s.moveMeeting},
		{get, "/meetings/:meeting/cancel", access.Schedule, s.cancelMeetingPage},
		{post, "/meetings/:meeting/cancel", access.Schedule, s.cancelMeeting},
		{get, "/meetings/:meeting/reply", access.UseProduct, s.replyPage}, // guests and deputies are asked too
		{post, "/meetings/:meeting/reply", access.UseProduct, s.reply},
		{get, "/replies", access.UseProduct, s.myRepliesPage},
		{post, "/replies", access.UseProduct, s.replyToSeveral},
		{get, "/meetings/:meeting/replies/:person", access.RecordReplies, s.recordReplyPage},
		{post, "/meetings/:meeting/replies/:person", access.RecordReplies, s.recordReply},
		{post, "/meetings/:meeting/chase", access.RecordReplies, s.chaseReplies},
		{get, "/reply/:token", Open, s.replyLinkPage},
		{post, "/reply/:token", Open, s.replyByLink},
		{post, "/meetings/:meeting/invitations/:person", access.Schedule, s.sendInvitation},
		{get, "/account/calendar", access.UseProduct, s.yourCalendarPage},
		{post, "/account/calendar", access.UseProduct, s.makeFeed},
		{post, "/account/calendar/:feed/revoke", access.UseProduct, s.revokeFeed},
		{get, "/meetings/:meeting/restore", access.Schedule, s.restoreMeetingPage},
		{post, "/meetings/:meeting/restore", access.Schedule, s.restoreMeeting},
		{get, "/holidays", access.UseProduct, s.holidaysPage},
		{post, "/holidays/preview", access.ChangeHolidays, s.previewHoliday},
		{post, "/holidays", access.ChangeHolidays, s.addHoliday},
		{post, "/holidays/remove", access.ChangeHolidays, s.removeHoliday},

		// Finding a date
		{get, "/dates", access.UseProduct, s.datePollsPage},
		{get, "/forums/:forum/dates/new", access.Schedule, s.newDatePollPage},
		{post, "/forums/:forum/dates/check", access.Schedule, s.checkDatePoll},
		{post, "/forums/:forum/dates", access.Schedule, s.proposeDates},
		{get, "/dates/:poll", access.UseProduct, s.datePollPage}, // whoever is asked may hold no seat
		{get, "/dates/:poll/answer", access.UseProduct, s.ownDatesPage},
		{post, "/dates/:poll/answer", access.UseProduct, s.answerDates},
		{post, "/dates/:poll/slots", access.Schedule, s.addDate},
		{post, "/dates/:poll/people", access.Schedule, s.askAboutDates},
		{post, "/dates/:poll/people/remove", access.Schedule, s.leaveOutOfDates},
		{post, "/dates/:poll/ask", access.Schedule, s.askAgainAboutDates},
		{post, "/dates/:poll/extend", access.Schedule, s.extendDates},
		{get, "/dates/:poll/withdraw", access.Schedule, s.withdrawDatesPage},
		{post, "/dates/:poll/withdraw", access.Schedule, s.withdrawDates},
		{get, "/dates/:poll/slots/:slot", access.Schedule, s.chooseDatePage},
		{post, "/dates/:poll/slots/:slot", access.Schedule, s.chooseDate},
		{get, "/when/:link", Open, s.datesByLinkPage}, // the link in an email says who reads it
		{post, "/when/:link", Open, s.answerDatesByLink},
		{post, "/when/:link/again", Open, s.renewDatesLink},
		{get, "/meetings/:meeting/chair", access.Schedule, s.swapChairPage},
		{post, "/meetings/:meeting/chair", access.Schedule, s.swapChair},

		// The tracker and cases
		{get, "/tracker", access.ImportTracker, s.trackerPage},
		{get, "/tracker/imports/new", access.ImportTracker, s.newImportPage},
		{get, "/tracker/imports/:import", access.ImportTracker, s.importPage},
		{get, "/tracker/imports/:import/sheet", access.ImportTracker, s.sheetPage},
		{post, "/tracker/imports/:import/sheet", access.ImportTracker, s.chooseSheet},
		{get, "/tracker/imports/:import/columns", access.ImportTracker, s.columnsPage},
		{post, "/tracker/imports/:import/columns", access.ImportTracker, s.matchColumns},
		{get, "/tracker/imports/:import/words", access.ImportTracker, s.wordsPage},
		{post, "/tracker/imports/:import/words", access.ImportTracker, s.mapWords},
		{post, "/tracker/imports/:import/kept", access.ImportTracker, s.chooseKept},
		{post, "/tracker/imports/:import/confirm", access.ImportTracker, s.confirmImport},
		{post, "/tracker/imports/:import/abandon", access.ImportTracker, s.abandonImport},
		{get, "/tracker/imports/:import/undo", access.ImportTracker, s.undoImportPage},
		{post, "/tracker/imports/:import/undo", access.ImportTracker, s.undoImport},
		{get, "/history", access.BringHistory, s.historyPage},
		{get, "/history/imports/:import", access.BringHistory, s.historyImportPage},
		{post, "/history/imports/:import/confirm", access.BringHistory, s.confirmHistory},
		{post, "/history/imports/:import/abandon", access.BringHistory, s.abandonHistory},
		{get, "/history/decisions", access.ReadDecisions, s.historyDecisionsPage},
		{get, "/cases", access.ReadCases, s.casesPage},
		{post, "/cases", access.ReadCases, s.findCases},
		{get, "/cases/:case", access.ReadCases, s.casePage},
		{get, "/cases/:case/references", access.ImportTracker, s.referencesPage},
		{get, "/cases/:case/references/numbers", access.ImportTracker, s.numbersPage},
		{post, "/cases/:case/references/numbers", access.ImportTracker, s.changeNumbers},
		{post, "/cases/:case/reference", access.ImportTracker, s.changeReference},
		{post, "/cases/:case/reference/undo", access.ImportTracker, s.undoReferenceChange},
		{get, "/cases/:case/merge", access.ImportTracker, s.mergePage},
		{post, "/cases/:case/merge", access.ImportTracker, s.mergeCases},
		{post, "/cases/:case/merge/undo", access.ImportTracker, s.undoMerge},
		{post, "/cases/:case/different", access.ImportTracker, s.sayDifferent},
		{get, "/tracker/imports/:import/same", access.ImportTracker, s.maybeSamePage},
		{post, "/tracker/imports/:import/same", access.ImportTracker, s.settleMaybeSame},
		{get, "/tracker/same-people", access.ImportTracker, s.pairsPage},
		{post, "/cases/:case/address", access.ReadCases, s.showAddress}, // a protected one, and why it is asked for
		{get, "/cases/:case/views/new", access.RecordOfCase, s.newViewsPage},
		{post, "/cases/:case/views", access.RecordOfCase, s.recordViews},
		{post, "/cases/:case/views/strike", access.RecordOfCase, s.strikeViews},
		{get, "/cases/:case/capacity/new", access.RecordOfCase, s.newCapacityPage},
		{post, "/cases/:case/capacity", access.RecordOfCase, s.recordCapacity},
		{post, "/cases/:case/capacity/strike", access.RecordOfCase, s.strikeCapacity},
		{post, "/cases/:case/siblings", access.ImportTracker, s.linkSibling},
		{post, "/cases/:case/siblings/remove", access.ImportTracker, s.unlinkSibling},
		{post, "/cases/:case/people", access.ImportTracker, s.linkPerson},
		{post, "/cases/:case/people/remove", access.ImportTracker, s.unlinkPerson},

		// Agendas and rules
		{get, "/meetings/:meeting/agenda", access.ReadAgenda, s.agendaPage},
		{get, "/meetings/:meeting/agenda/rules", access.ReadAgenda, s.agendaRulesPage},
		{get, "/meetings/:meeting/agenda/mine", access.ReadRequest, s.ownAgendaPage},
		{get, "/meetings/:meeting/agenda/edit", access.BuildAgenda, s.agendaBuilderPage},
		{get, "/meetings/:meeting/agenda/completeness", access.BuildAgenda, s.completenessPage},
		{post, "/meetings/:meeting/agenda/build", access.BuildAgenda, s.buildAgenda},
		{post, "/meetings/:meeting/agenda/cases", access.BuildAgenda, s.addCaseToAgenda},
		{get, "/meetings/:meeting/agenda/publish", access.BuildAgenda, s.publishPage},
		{post, "/meetings/:meeting/agenda/publish", access.BuildAgenda, s.publishAgenda},
		{get, "/meetings/:meeting/agenda/versions", access.ReadAgenda, s.versionsPage},
		{get, "/meetings/:meeting/agenda/readers", access.BuildAgenda, s.readersPage},
		{post, "/meetings/:meeting/agenda/readers", access.BuildAgenda, s.remindReaders},
		{get, "/meetings/:meeting/pack", access.UseProduct, s.packPage}, // whoever may read the agenda, or an item of it
		{post, "/meetings/:meeting/pack", access.UseProduct, s.askPack},
		{post, "/agenda-items/:item/pin", access.BuildAgenda, s.pinItem},
		{post, "/agenda-items/:item/move", access.BuildAgenda, s.moveItem},
		{post, "/agenda-items/:item/minutes", access.BuildAgenda, s.changeItemMinutes},
		{get, "/agenda-items/:item/remove", access.BuildAgenda, s.removeItemPage},
		{post, "/agenda-items/:item/remove", access.BuildAgenda, s.removeItem},
		{post, "/agenda-items/:item/restore", access.BuildAgenda, s.restoreItem},
		{get, "/agenda-items/:item/tabling", access.RecordTabling, s.tablingPage},
		{post, "/agenda-items/:item/tabling", access.RecordTabling, s.recordTabling},
		{get, "/agenda-items/:item/guests", access.BuildAgenda, s.guestsPage},
		{post, "/agenda-items/:item/guests", access.BuildAgenda, s.askGuest},
		{post, "/guests/:guest/withdraw", access.BuildAgenda, s.withdrawGuest},
		{get, "/agenda-items/:item/authoriser", access.UseProduct, s.authorisersPage}, // an authorising officer has no seat
		{post, "/agenda-items/:item/authoriser", access.UseProduct, s.nameAuthoriser}, // the use case asks whose officer they are
		{get, "/rules", access.ReadRules, s.rulesPage},
		{get, "/rules/new", access.ChangeRules, s.newRulePage},
		{post, "/rules/new", access.ChangeRules, s.createRule},
		{get, "/rules/:rule", access.ReadRules, s.rulePage},
		{post, "/rules/:rule", access.SetRules, s.setRule},
		{get, "/rules/:rule/write", access.ChangeRules, s.writeRulePage},
		{post, "/rules/:rule/write", access.ChangeRules, s.writeRule},

		// Papers
		{get, "/agenda-items/:item/papers", access.ReadPapers, s.itemPapersPage},
		{get, "/requests/:request/papers", access.ReadPapers, s.requestPapersPage},
		{get, "/papers/:paper/withdraw", access.ReadPapers, s.withdrawPaperPage},
		{post, "/papers/:paper/withdraw", access.ReadPapers, s.withdrawPaper},

		// Funding requests
		{get, "/requests", access.ReadRequest, s.requestsPage},
		{get, "/requests/new", access.MakeRequest, s.newRequestPage},
		{post, "/requests", access.MakeRequest, s.createRequest},
		{get, "/requests/:request", access.ReadRequest, s.requestPage},
		{get, "/requests/:request/edit", access.MakeRequest, s.editRequestPage},
		{get, "/requests/:request/edit/:section", access.MakeRequest, s.requestSectionPage},
		{post, "/requests/:request/edit/:section", access.MakeRequest, s.changeRequest},
		{get, "/requests/:request/lines/:line", access.MakeRequest, s.requestLinePage},
		{post, "/requests/:request/lines/:line", access.MakeRequest, s.changeRequestLine},
		{get, "/requests/:request/check", access.MakeRequest, s.checkRequestPage},
		{post, "/requests/:request/submit", access.MakeRequest, s.submitRequest},
		{post, "/requests/:request/return", access.TableRequest, s.returnRequest},
		{post, "/requests/:request/late", access.TableRequest, s.answerLateRequest},
		{post, "/requests/:request/table", access.TableRequest, s.tableRequest},
		{get, "/requests/:request/between", access.TableRequest, s.betweenPage},
		{post, "/requests/:request/between/vote", access.TableRequest, s.askByCorrespondence},
		{post, "/requests/:request/between/action", access.RunMeeting, s.takeChairsAction},
		{get, "/forums/:forum/between", access.TableRequest, s.forumBetweenPage},

		// The room, decisions, minutes and actions
		{get, "/meetings/:meeting/room", access.EnterRoom, s.roomPage},
		{get, "/meetings/:meeting/screen", access.ShowScreen, s.screenPage},
		{get, "/meetings/:meeting/screen/code", access.ShowScreen, s.screenCodePage},
		{post, "/meetings/:meeting/screen/code", access.ShowScreen, s.makeScreenCode},
		{post, "/meetings/:meeting/screen/code/end", access.ShowScreen, s.endScreenCode},
		{get, sharedScreen, Open, s.sharedScreenPage}, // the code is the secret
		{post, sharedScreen, Open, s.openSharedScreen},
		{get, "/meetings/:meeting/interests", access.EnterRoom, s.interestsPage},
		{post, "/meetings/:meeting/room/:command", access.EnterRoom, s.roomCommand},
		{get, "/meetings/:meeting/items/:item/notes", access.RecordMeeting, s.notesPage},
		{post, "/meetings/:meeting/items/:item/notes", access.RecordMeeting, s.restoreNotes},
		{get, "/meetings/:meeting/minutes", access.EnterRoom, s.minutesPage}, // a presenter sees the item they brought
		{post, "/meetings/:meeting/minutes/send", access.RecordMeeting, s.sendMinutes},
		{post, "/meetings/:meeting/minutes/final", access.RecordMeeting, s.makeMinutesFinal},
		{get, "/meetings/:meeting/minutes/:item", access.ReadDecisions, s.minutePage}, // "all" is the minutes as a whole
		{post, "/meetings/:meeting/minutes/:item/wording", access.RecordMeeting, s.wordMinute},
		{post, "/meetings/:meeting/minutes/:item/comment", access.ReadDecisions, s.commentOnMinutes},
		{post, "/meetings/:meeting/minutes/:item/answer", access.RecordMeeting, s.answerComment},
		{post, "/meetings/:meeting/minutes/:item/correction", access.RecordMeeting, s.correctMinutes},
		{get, "/meetings/:meeting/items/:item/extract", access.ReadDecisions, s.extractPage},
		{post, "/meetings/:meeting/items/:item/extract", access.RecordMeeting, s.releaseExtract},
		{get, "/positions", access.UseProduct, s.positionsPage}, // whoever gave a position may hold no seat any more
		{post, "/positions/:ballot", access.UseProduct, s.answerPosition},
		{get, "/decisions", access.ReadDecisions, s.decisionsPage},
		{get, "/decisions/:decision", access.ReadDecision, s.decisionPage},
		{post, "/decisions/:decision/answer", access.AnswerDecision, s.answerDecision},
		{post, "/decisions/:decision/evidence", access.ShowConditions, s.recordEvidence},
		{post, "/decisions/:decision/judge", access.ShowConditions, s.judgeEvidence},
		{post, "/decisions/:decision/correct", access.RunMeeting, s.correctDecision},
		{post, "/decisions/:decision/confirm", access.RunMeeting, s.confirmAsOtherChair},
		{post, "/decisions/:decision/send-back", access.RunMeeting, s.sendDecisionBack},

		// Letters, authorisations and recharges
		{get, "/letters", access.WriteLetters, s.lettersPage},
		{get, "/letters/:letter", access.ReadPayments, s.letterPage}, // a funder's members read their own
		{post, "/letters/:letter/edit", access.WriteLetters, s.editLetter},
		{post, "/letters/:letter/draft-again", access.WriteLetters, s.draftLetterAgain},
		{post, "/letters/:letter/approve", access.WriteLetters, s.approveLetter},
		{post, "/letters/:letter/take-back", access.WriteLetters, s.takeBackLetter},
		{post, "/letters/:letter/release", access.WriteLetters, s.releaseLetter},
		{post, "/letters/:letter/sent", access.WriteLetters, s.markLetterSent},
		{post, "/letters/:letter/set-aside", access.WriteLetters, s.setLetterAside},
		{get, "/decisions/:decision/letters", access.WriteLetters, s.decisionLettersPage},
		{post, "/decisions/:decision/letters/wish", access.WriteLetters, s.recordWish},
		{post, "/decisions/:decision/letters/parent", access.WriteLetters, s.addParentLetter},
		{post, "/decisions/:decision/paying-lead", access.WriteLetters, s.setPayingLead},
		{get, "/letter-templates", access.ChangeTemplates, s.templatesPage},
		{get, "/letter-templates/:template", access.ChangeTemplates, s.templatePage},
		{post, "/letter-templates/:template", access.ChangeTemplates, s.changeTemplate},
		{get, "/authorisations", access.ReadPayments, s.authorisationsPage},
		{get, "/authorisations/:authorisation", access.ReadPayments, s.authorisationPage},
		{post, "/authorisations/:authorisation", access.WriteLetters, s.codeAuthorisation},
		{get, "/forums/:forum/recharges", access.ReadPayments, s.rechargePage},
		{post, "/forums/:forum/recharges", access.WriteLetters, s.issueRecharge},
		{get, "/agencies/:agency/cost-codes", access.ManagePeople, s.costCodesPage},
		{post, "/agencies/:agency/cost-codes", access.ManagePeople, s.setCostCodes},

		// Actions
		{get, "/actions", access.UseProduct, s.actionsPage},
		{post, "/actions/bulk", access.UseProduct, s.changeActions},
		{get, "/actions/:action", access.UseProduct, s.actionPage},
		{post, "/actions/:action/progress", access.UseProduct, s.changeAction("progress", "The note is added.", noteProgress)},
		{post, "/actions/:action/complete", access.UseProduct, s.changeAction("complete", "Action marked as done.", completeAction)},
		{post, "/actions/:action/extend", access.UseProduct, s.changeAction("extend", "The action has another day.", extendAction)},
		{post, "/actions/:action/reopen", access.UseProduct, s.changeAction("reopen", "The action is open again.", reopenAction)},

		// Blockers and the board
		{get, "/blockers", access.UseProduct, s.blockersPage},
		{get, "/blockers/new", access.RaiseBlocker, s.raisePage},
		{post, "/blockers/new", access.RaiseBlocker, s.raiseBlocker},
		{get, "/blockers/:blocker", access.UseProduct, s.blockerPage}, // its owner may hold no seat
		{get, "/blockers/:blocker/move", access.RaiseBlocker, s.moveBlockerPage},
		{post, "/blockers/:blocker/move", access.RaiseBlocker, s.moveBlocker},
		{get, "/blockers/:blocker/resolve", access.RaiseBlocker, s.resolveBlockerPage},
		{post, "/blockers/:blocker/resolve", access.RaiseBlocker, s.resolveBlocker},
		{post, "/blockers/:blocker/acknowledge", access.UseProduct, s.acknowledgeBlocker}, // the person who holds it may hold no seat
		{get, "/blockers/:blocker/snooze", access.RaiseBlocker, s.snoozePage},
		{post, "/blockers/:blocker/snooze", access.RaiseBlocker, s.snoozeBlocker},
		{post, "/blockers/:blocker/wake", access.RaiseBlocker, s.wakeBlocker},
		{get, "/blockers/:blocker/join", access.RaiseBlocker, s.joinBlockersPage},
		{post, "/blockers/:blocker/join", access.RaiseBlocker, s.joinBlockers},
		{get, "/blockers/:blocker/split", access.RaiseBlocker, s.splitBlockerPage},
		{post, "/blockers/:blocker/split", access.RaiseBlocker, s.splitBlocker},
		{get, "/blockers/:blocker/board", access.UseProduct, s.dealingsPage},
		{post, "/blockers/:blocker/board/reply", access.UseProduct, s.replyToBoard},
		{post, "/blockers/:blocker/board/report", access.UseProduct, s.reportToBoard},
		{get, "/meetings/:meeting/items/:item/blocker", access.RaiseBlocker, s.raisePage},
		{post, "/meetings/:meeting/items/:item/blocker", access.RaiseBlocker, s.raiseBlocker},
		{get, "/forums/:forum/ladder", access.ReadForums, s.ladderPage},
		{post, "/forums/:forum/ladder", access.ChangeForums, s.setLadder},
		{get, "/board", access.UseProduct, s.boardsPage},
		{get, "/board/escalations/:escalation", access.UseProduct, s.escalationPage}, // whoever the board directs may hold no seat
		{post, "/board/escalations/:escalation/acknowledge", access.AnswerBoard, s.acknowledgeEscalation},
		{post, "/board/escalations/:escalation/answer", access.AnswerBoard, s.answerEscalation},
		{post, "/board/escalations/:escalation/question", access.AnswerBoard, s.askBack},
		{post, "/board/escalations/:escalation/report", access.UseProduct, s.reportAnswer},
		{get, "/board/digests/:digest", access.ReadBoard, s.digestPage},
		{get, "/board/:board", access.UseProduct, s.boardPage}, // an administrator sends the digest and reads nothing
		{post, "/board/:board/digest", access.SendDigest, s.sendDigest},
		{get, "/board/recommendations/:recommendation", access.UseProduct, s.recommendationPage}, // whoever leads on it may hold no seat
		{post, "/board/recommendations/:recommendation/response", access.UseProduct, s.respondToRecommendation},
		{post, "/board/recommendations/:recommendation/progress", access.UseProduct, s.noteRecommendation},
		{post, "/board/recommendations/:recommendation/done", access.UseProduct, s.finishRecommendation},
		{post, "/board/recommendations/:recommendation/lead", access.KeepBoard, s.passRecommendation},
		{get, "/board/delivery/:action", access.ReadBoard, s.deliveryPage},
		{post, "/board/delivery/:action", access.KeepBoard, s.changeDelivery},
		{get, "/board/:board/recommendations", access.ReadBoard, s.recommendationsPage},
		{get, "/board/:board/recommendations/new", access.KeepBoard, s.newRecommendationPage},
		{post, "/board/:board/recommendations/new", access.KeepBoard, s.addRecommendation},
		{get, "/board/:board/forward-plan", access.ReadBoard, s.forwardPlanPage},
		{post, "/board/:board/forward-plan", access.KeepBoard, s.addPlanItem},
		{post, "/board/:board/forward-plan/:item/end", access.KeepBoard, s.endPlanItem},
		{get, "/board/:board/delivery-plan", access.ReadBoard, s.deliveryPlanPage},
		{post, "/board/:board/delivery-plan", access.KeepBoard, s.addDelivery},
		{get, "/board/:board/reports", access.ReadBoard, s.reportsPage},
		{get, "/board/:board/reports/:year", access.ReadBoard, s.reportPage},
		{post, "/board/:board/reports/:year/issue", access.KeepBoard, s.issueReport},
		{get, "/board/:board/delegates", access.ReadBoard, s.delegatesPage},
		{post, "/board/:board/delegates", access.NameDelegate, s.nameDelegate},
		{post, "/board/:board/delegates/:delegate/end", access.ReadBoard, s.endDelegate},

		// Administration and audit
		{get, "/agencies", access.ManagePeople, s.agenciesPage},
		{get, "/agencies/new", access.ManagePeople, s.newAgencyPage},
		{post, "/agencies", access.ManagePeople, s.addAgency},
		{post, "/agencies/ours", access.ManagePeople, s.setPartnership},
		{get, "/agencies/:agency", access.ManagePeople, s.agencyPage},
		{post, "/agencies/:agency", access.ManagePeople, s.changeAgency},
		{get, "/people", access.ManagePeople, s.peoplePage},
		{get, "/people/new", access.ManagePeople, s.newPersonPage},
		{post, "/people", access.ManagePeople, s.createPerson},
		{get, "/people/:person", access.ManagePeople, s.personPage},
		{post, "/people/:person/leave", access.ManagePeople, s.personLeaves},
		{get, "/mail", access.ManageMail, s.mailNowPage},
		{post, "/mail/hold", access.ManageMail, s.holdMail},
		{get, "/mail/let-go", access.ManageMail, s.letMailGoPage},
		{post, "/mail/let-go", access.ManageMail, s.letMailGo},
		{get, "/mail/undelivered", access.ManageMail, s.undeliveredPage},
		{post, "/mail/undelivered", access.ManageMail, s.mendUndelivered},
		{get, "/mail/undelivered/:notice", access.ManageMail, s.undeliveredOnePage},
		{post, "/mail/undelivered/:notice/address", access.ManageMail, s.correctUndelivered},
		{get, "/mail/addresses", access.ManageMail, s.failingAddressesPage},
		{post, "/mail/addresses/:person", access.ManageMail, s.mendAddress},
		{get, "/api-tokens", access.MakeTokens, s.apiTokensPage},
		{get, "/api-tokens/new", access.MakeTokens, s.newAPITokenPage},
		{post, "/api-tokens", access.MakeTokens, s.makeAPIToken},
		{get, "/api-tokens/:token/revoke", access.MakeTokens, s.revokeAPITokenPage},
		{post, "/api-tokens/:token/revoke", access.MakeTokens, s.revokeAPIToken},
		{get, "/policy", access.UseProduct, s.policyPage},
		{get, "/audit", access.ReadAudit, s.auditPage},
		{post, "/audit/check", access.ReadAudit, s.checkSeals},
	}
	if s.Demo {
		routes = append(routes,
			Route{post, "/demo/sign-in", Open, s.demoSignIn},
			Route{get, "/mailbox", Open, s.mailboxPage},
			Route{get, "/mailbox/:mail", Open, s.mailPage},
		)
	}
	return routes
}
