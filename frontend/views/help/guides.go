package help

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"

	"quorate/frontend"
)

// A Guide is what somebody needs to know to do their part, on one or two printed pages.
type Guide struct {
	Slug  string // its address below /help
	Title string
	Lead  string
	Pages int // of A4, as printed
	parts []part
}

// A part is one thing to be able to do. What a button, link or heading is called stands between two
// pairs of asterisks, in the very words of the screen; a test holds the guides to that.
type part struct {
	heading string
	lines   []string
	picture *picture
}

// A picture shows a screen of the demo. `npm run pictures` takes them.
type picture struct {
	file string
	alt  string
}

func (g Guide) hasPictures() bool {
	return slices.ContainsFunc(g.parts, func(p part) bool { return p.picture != nil })
}

// Href is where a guide is read.
func (g Guide) Href() string { return "/help/" + g.Slug }

// Guides are the chair's, the clerk's and the board member's.
func Guides() []Guide { return []Guide{Chair, Clerk, Board} }

// Board is for whoever sits on a strategic board, or answers for somebody who does.
var Board = Guide{
	Slug: "board", Title: "The board member’s guide", Pages: 1,
	Lead: "From the digest to what became of your answer, in five minutes of reading.",
	parts: []part{
		{heading: "What you read", lines: []string{
			"The digest comes by email before each meeting of the board, and on Mondays when something is new or overdue. Its link opens the page behind sign-in.",
			"**Board**, at the top of each page, leads to what waits now: **For the board to answer**, **Answered**, and **Stuck below the board**.",
			"A young person is shown by an alias that only the board has, and an age band. You are never told who it is. Write no names yourself: what you write goes into records that others read.",
		}},
		{heading: "Answer", lines: []string{
			"Open an escalation and read **What has happened**. Choose **It gives a direction**, and say what is to be done, by whom and by when; or **Not agreed**, and why. Press **Answer**.",
			"An answer cannot be changed. It goes to the forum, the blocker’s owner and whoever you named at once, and stands on the forum’s next agenda.",
			"To hear more first, open **Ask for more before the board answers** and press **Ask the forum**. The date for your own answer moves by the days you give the forum.",
		}},
		{heading: "What became of it", lines: []string{
			"**What became of it** says whether it is done, not yet, or what the forum decided since. It is on the board’s next agenda too.",
			"Whoever you named is reminded a week before the date, and each week after it. What is still blocked after the date comes back to the board by itself on the next working day, with its story.",
		}},
		{heading: "When you are away", lines: []string{
			"On **Delegates** choose **Name this delegate**: somebody answers in your name until the last day you give. They see what you see and nothing more, and each answer says for whom it was given.",
			"It ends by itself. To end it sooner, press **End**.",
		}},
		{heading: "The rest of the board’s work", lines: []string{
			"**Recommendations** holds what the board and reviews recommended: the response, and what shows that it is done. If you lead on one, your Home says so: press **Record the response**, and later **Record it as done**.",
			"**Forward plan** says what comes when, by month. **Delivery plan** has each action with its owner, deadline and how quality is judged. **Yearly reports** are kept as they were issued.",
		}},
		{heading: "If you keep the board’s papers", lines: []string{
			"The clerk of the board adds a recommendation with **Add a recommendation**, or from an answer with **Keep it in the register of recommendations**; plans something with **Add it to the plan**; and, once a year is over, presses **Issue this report**.",
		}},
	},
}

// Chair is for whoever runs a meeting.
var Chair = Guide{
	Slug: "chair", Title: "The chair’s guide", Pages: 2,
	Lead: "From the pack to the minutes: what a chair does, and what to press.",
	parts: []part{
		{heading: "Before the meeting", lines: []string{
			"Home says when the agenda is out. Choose **Read the pack**. What is new since you last read it is marked.",
			"The meeting’s page says who is coming and whether it would be quorate, by agency. Ask the clerk to chase those who have not answered.",
			"Choose **Declare an interest, or see those declared**. Accept each interest, and the member leaves for that item; or give a dispensation, with your reason. Until you answer, they are out of the item.",
			"If the interest is yours, somebody else chairs that item. Make sure your deputy comes.",
		}},
		{heading: "Start, and quorum", lines: []string{
			"Choose **Join the meeting**. Press **Start the meeting**, then **I am here**. Everybody says so on their own screen, or you or the clerk press **Here** for them.",
			"**Quorum for this item** counts who is here, may decide and has no interest in it. It names the agency that is missing, and follows at once when somebody comes, leaves or declares an interest.",
		}, picture: &picture{"chair-quorum", "The quorum of an item: a red tag says Not quorate, and a list says which agencies are missing."}},
		{heading: "One next step", lines: []string{
			"**Your next step** is one button that says what it will do. Press it, and the next step takes its place. Under it you read whether the meeting is ahead or behind.",
			"To take items out of order, press **Open** beside one in the **Agenda**. To leave one out, open **Pass over item** and say why.",
		}, picture: &picture{"chair-next", "The box Your next step while a vote is open: how many have voted, which agencies have not voted yet, a button to close the vote, and how far behind the meeting is."}},
		{heading: "An item in three stages", lines: []string{
			"It is presented, then questions are asked, then the panel deliberates: **Move to questions**, **Move to deliberation**. You can go back a stage.",
			"Where the forum deliberates in private, presenters, observers and family are out for the last stage. Their screens close the item at once.",
			"A young person may chair their own item. They give it back with **Hand over to the panel**.",
			"A red line says that the young person’s own views are not on record. Ask who can tell them.",
		}},
		{heading: "Who pays what", lines: []string{
			"The split begins as it is asked for. Type pounds or percent and the other follows, to the penny. You read what is left to share, what it costs in a year, and what it does to each agency’s money.",
			"What the law does not allow is stopped, with the reason. No panel votes on who is eligible for continuing healthcare.",
			"While agencies dispute a share, choose **Who pays without prejudice while a dispute runs?** They can claim it back.",
			"To change a split after a vote, open **Vote again**. Only those whose share changed are asked for consent again.",
		}, picture: &picture{"chair-split", "The split editor: agencies with their pounds a week, percent and one-off amount, what each pays this financial year, and a line that says how much is still to share."}},
		{heading: "On devices, or spoken", lines: []string{
			"The forum’s terms of reference say which. On devices, press **Open the vote**. Each agency gives one position: **Agree**, **Agree with conditions**, **Do not agree** or **Abstain**. You see who has not voted yet. Nobody sees how, until you press **Close the vote**.",
			"Spoken, you press **State this outcome**, the clerk writes down what each agency says, and each member confirms or disputes it. Then press **The positions are complete**.",
		}, picture: &picture{"chair-positions", "A vote that has closed: who gave which position for which agency, and the result that every funder consents to its own share."}},
		{heading: "Consent to pay", lines: []string{
			"Each agency consents to its own share. Nobody is outvoted into paying, abstaining is not consent, and no casting vote replaces it. One agency’s condition binds the decision.",
			"When everybody who speaks for an agency has left for the item, choose **Name an independent authoriser**.",
			"What nobody contests is agreed together: **Put an item on the consent list**, then **Agree the list**. Anybody who votes may object. The item is then discussed like any other.",
		}},
		{heading: "Decide", lines: []string{
			"Under **Record the decision** choose the outcome and write the reasons: the need, and apart from it the cost. An outcome that is not possible says why.",
			"**Not agreed** says how need is met meanwhile and how to challenge it. **Deferred** says what is missing and when it comes back. Each condition has an owner and a date.",
			"Press **Check the decision**, read it out, then press **Confirm the decision**. From then on nobody can change it. To mend a mistake, open **Put a correction beside this decision** on the decision’s page.",
		}, picture: &picture{"chair-check", "The answers of a decision before it is final: each agency’s share, the start and the review, above the button Confirm the decision."}},
		{heading: "Provisional, or recommended", lines: []string{
			"Without quorum, tick **Go on without quorum** and choose the outcome **Provisional**. It binds nobody until the agencies that were missing endorse it. Quorate asks and chases them.",
			"Above an agency’s delegated limit, its position is a recommendation until its named officer authorises it.",
			"One refusal, and the decision never binds. The item comes to the next agenda with the reason.",
		}},
		{heading: "When somebody disagrees", lines: []string{
			"Who does not agree gives a reason, and everybody reads it once the vote is closed. Change the split and vote again, defer, or record **Not agreed**. Take what the panel cannot free further with **Raise a blocker**.",
			"A member who disputes what was written down has their own words in the record. A dispute reopens nothing by itself.",
		}},
		{heading: "If the meeting cannot go on", lines: []string{
			"Open **Pause, hand over or adjourn**. **Pause the meeting** and say when it goes on, **Hand over the chair** to a deputy who is here, or **Adjourn the meeting** to another day. It stays one meeting with one record.",
			"If your line drops, the page says so and keeps what you type. A vote or a confirmation is never sent later by itself: you are asked again. Your deputy can **Take the chair**. The clerk can record the vote of a member whose line is down.",
		}},
		{heading: "Afterwards", lines: []string{
			"Press **Close the meeting**. What was not reached comes to the next agenda by itself.",
			"Comment on the minutes. At the next meeting, press **Approve as a correct record** under the item about them.",
			"What cannot wait for a meeting: **Urgent business between meetings**, on the forum’s page. The next meeting is asked to ratify it.",
		}},
	},
}

// Clerk is for whoever prepares and records a meeting.
var Clerk = Guide{
	Slug: "clerk", Title: "The clerk’s guide", Pages: 2,
	Lead: "From the agenda to the letters: what a clerk does, and what to press.",
	parts: []part{
		{heading: "Before the meeting", lines: []string{
			"Open the meeting from the Calendar and press **Build the agenda**. Each line says why it is there. **Is anybody left off?** accounts for everybody your rules speak of.",
			"For each young person choose **Record who told them**: what they said, and the basis for sharing.",
			"Press **Check and publish**, then **Publish the agenda**. A published agenda never changes: a new version follows it. **Who has opened it** says who is ready.",
			"On the meeting’s page, **Chase those who have not answered** while it would not be quorate.",
		}},
		{heading: "Who is here", lines: []string{
			"In the room press **Here** or **By video** beside each name as people come, and **Has left** as they go. The times are the record: they say who counted at each decision.",
			"When a member tells you of an interest, open **Declare an interest in this item** and choose whose it is. They leave for the item at once, on every device.",
		}, picture: &picture{"clerk-here", "Who is here, by agency: each name with its seat, since when they are here or that they are not, and the buttons Here, By video and Has left."}},
		{heading: "Notes, and the pen", lines: []string{
			"Write under **Notes** of the open item. What you type saves itself. Who is here, votes, shares, decisions and actions are in the minutes already: write what was said.",
			"One person writes at a time. **Ask to take over**, and the notes come to you when they are handed over, or after 30 seconds in which nothing is written.",
			"Where two texts differ you see both, and can **Keep both**. **Earlier versions** holds what stood there before.",
		}, picture: &picture{"clerk-notes", "The notes of an item while another person asks to take over, with the button to hand over and the words Saved at under the text."}},
		{heading: "Positions you write down", lines: []string{
			"Where positions are spoken, press **Agrees** beside an agency, or **Another position** and its reason.",
			"Where the forum votes on devices, use **Record it for them** for a member who is here and whose line is down. They are told at once, and may still vote themselves.",
			"Each member presses **That is what I said**, or disputes it, in the room or within the forum’s days. A dispute comes to your Home and stands in the minutes. It reopens nothing.",
		}, picture: &picture{"clerk-spoken", "Spoken positions: three members with Agrees beside their names, and for the next the choice between Agrees and Another position."}},
		{heading: "Down a list of names", lines: []string{
			"With a name in focus: **↓ or j** and **↑ or k** move; **r**, **a** and **g** rate it; **w** writes the worker, **s** the next step; **t** raises an action; **p** refers it to a panel; **d** marks it discussed and goes on.",
			"Enter opens a name. Inside it, Enter saves and goes on to the next, Escape saves and goes back. **Keyboard shortcuts** lists the keys and turns them off.",
		}, picture: &picture{"clerk-list", "A list of names with their rating and next step. One name is open: it says why the young person is on the list, and its worker can be written."}},
		{heading: "Actions", lines: []string{
			"**Raise an action** with one or more owners and a day, which they cannot move themselves. Under **Matters arising and actions**, open **Take this action** and press **Done**, **Not done** or **New date**.",
			"Actions lists those of all meetings, with filters. **Download this list (Excel)** saves it. What is still open comes to the next agenda.",
		}},
		{heading: "Decisions and corrections", lines: []string{
			"The chair confirms a decision. Read the answers along with them: once confirmed, nobody can change it. A mistake found later is the chair’s to correct, and the correction stands beside the original wherever it appears.",
			"On **Register of decisions** you find each decision, how it stands, and whose endorsement or authorisation it waits for.",
		}},
		{heading: "The big screen", lines: []string{
			"**Big screen (opens in a new tab)** is for the projector: the item by its case number, its time, how many have voted, and the result. It names nobody.",
		}, picture: &picture{"clerk-screen", "The big screen: the item by its case number, its stage and time, and a bar that says how many have voted."}},
		{heading: "If the line drops", lines: []string{
			"The bar at the top of the room says so, and what is not saved yet. Notes and actions you type are kept on this device and sent once the line is back. If the item was closed meanwhile, you are told, with your text still there.",
			"A position or a confirmation is never sent later by itself. Whoever gave it is asked again. If you are away so long that you are signed out, press **Sign in and go on**: you stay where you are.",
		}},
		{heading: "Minutes, to a correct record", lines: []string{
			"Choose **Read the minutes and decisions** on the meeting’s page. **Change the wording** of each minute, then **Send the minutes for comment**.",
			"Answer each comment and press **Make the minutes final**. The next meeting approves them as a correct record. From then on they are locked.",
			"For another agency’s case system, choose **This young person’s part alone, for another system**. Look at what was taken out, then **Let it go**.",
		}, picture: &picture{"clerk-minutes", "Minutes that are out for comment: a tag says so, with until when comments are taken, and what to do next."}},
		{heading: "Letters and payments", lines: []string{
			"When a decision begins to bind, its letters are drafted. Letters on Home counts those that wait and says which are late.",
			"Read each letter, **Save the words** you change, press **Approve this letter**, print it, and **Mark as sent**. One that is held says why.",
			"For each payer, write the cost codes and press **Save and issue**.",
		}},
		{heading: "Between meetings", lines: []string{
			"On the forum’s page choose **Urgent business between meetings**, then the request, and press **Open the vote by correspondence**. You see who has opened it and who has answered. Reminders go out by themselves, and the next agenda asks to ratify it.",
		}},
		{heading: "The sealed record", lines: []string{
			"**Download the sealed record** from the minutes, and note the number it ends in where others can read it. Anybody can then check, with one command and no database, that nothing was changed.",
		}},
	},
}

//go:embed pictures.json
var picturesTaken []byte

// sizes are the width and height of each picture as it is shown, written when it was taken.
var sizes = func() map[string][2]int {
	var all map[string][2]int
	if err := json.Unmarshal(picturesTaken, &all); err != nil {
		panic(err) // the file is compiled in
	}
	return all
}()

func (p picture) src() string { return frontend.Asset("help/" + p.file + ".webp") }

func (p picture) width() int { return sizes[p.file][0] }

func (p picture) height() int { return sizes[p.file][1] }

// spans are the words of a line, every second one of which is what a thing is called.
func spans(line string) []string { return strings.Split(line, "**") }
