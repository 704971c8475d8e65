package live

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/fault"
)

// Route is one address of the room's protocol, as the access test walks them.
type Route struct {
	Method string
	Path   string // a net/http pattern
	Handle http.HandlerFunc
}

// Routes is every address below /live/.
func (h *Hub) Routes() []Route {
	return []Route{
		{http.MethodGet, "/live/meetings/{meeting}", h.serveSocket},
		{http.MethodGet, "/live/meetings/{meeting}/frames", h.serveFrames},
		{http.MethodPost, "/live/meetings/{meeting}/commands", h.serveCommand},
		{http.MethodGet, "/live/meetings/{meeting}/screen", h.serveSocket},
		{http.MethodGet, "/live/meetings/{meeting}/screen/frames", h.serveFrames},
	}
}

// Handler serves the Routes to pages of the product's own origin.
func (h *Hub) Handler() http.Handler {
	mux := http.NewServeMux()
	for _, route := range h.Routes() {
		mux.Handle(route.Method+" "+route.Path, h.ownPagesOnly(route.Handle))
	}
	return mux
}

// ownPagesOnly refuses requests that another website's page makes with the person's cookie. Browsers
// send Origin with every socket and every post; with a plain same-origin get they send Sec-Fetch-Site.
func (h *Hub) ownPagesOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		needed := r.Method == http.MethodPost || r.Header.Get("Upgrade") != ""
		if origin != "" && origin != h.Origin || origin == "" && needed || site != "" && site != "same-origin" {
			h.refuse(w, fault.New(fault.Denied, "This was sent from another website, so nothing was changed. Open Quorate and try again there."))
			return
		}
		next(w, r)
	})
}

// followerOf reads who asks to follow which meeting, and how far they have got.
func (h *Hub) followerOf(r *http.Request) (*follower, error) {
	actor, signIn, err := h.Who(r)
	if err != nil {
		return nil, err
	}
	if !actor.IsPerson() {
		return nil, fault.New(fault.SignedOut, "%s", farewells[byeSignedOut].sentence)
	}
	// A page speaks for the person who opened it. Where somebody else has signed in since, in another tab,
	// nothing that was typed here may reach the meeting in their name.
	if of := r.URL.Query().Get("person"); of != "" && of != actor.PersonID.String() {
		return nil, fault.New(fault.SignedOut, "Somebody else has signed in on this device. Sign in again as yourself: what you typed is kept.")
	}
	meeting, err := uuid.Parse(r.PathValue("meeting"))
	if err != nil {
		return nil, noSuchMeeting()
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // anything else is none: the whole meeting follows
	f := newFollower(meeting, signIn, actor, after)
	f.screen = strings.Contains(r.Pattern, "/screen")
	return f, nil
}

func noSuchMeeting() *fault.Fault {
	return fault.New(fault.NotFound, "There is no such meeting, or you have no part in it.")
}

// serveFrames answers GET /live/meetings/{meeting}/frames: what a socket would have said, when there
// is something to say.
func (h *Hub) serveFrames(w http.ResponseWriter, r *http.Request) {
	f, err := h.followerOf(r)
	if err == nil {
		f.trusted = r.URL.Query().Has("after")
		err = h.join(r.Context(), f)
	}
	if err != nil {
		h.refuse(w, err)
		return
	}
	defer h.part(f)
	if r.URL.Query().Has("here") {
		h.here(f)
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(h.Poll + writeWait)) // where there is no deadline there is none to move
	frames := []json.RawMessage{}
	patience := time.NewTimer(h.Poll)
	defer patience.Stop()
	select {
	case m := <-f.queue:
		frames = append(frames, m.text)
	case <-f.gone:
	case <-patience.C:
	case <-r.Context().Done():
		return
	}
	for len(f.queue) > 0 {
		frames = append(frames, (<-f.queue).text)
	}
	select {
	case <-f.gone:
		frames = append(frames, words(f.reason.message()))
	default:
	}
	answer(w, http.StatusOK, frames)
}

// serveCommand answers POST /live/meetings/{meeting}/commands with the command's reply.
func (h *Hub) serveCommand(w http.ResponseWriter, r *http.Request) {
	f, err := h.followerOf(r)
	if err != nil {
		h.refuse(w, err)
		return
	}
	h.mu.Lock()
	stopping := h.stopping
	h.mu.Unlock()
	if stopping {
		h.refuse(w, errStopping)
		return
	}
	message, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestMessage))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		h.refuse(w, fault.New(fault.TooLarge, "This is too long to record at once. Shorten it and try again."))
		return
	}
	if err != nil {
		return // the browser has gone
	}
	command, err := readCommand(message)
	reply := replyTo(command.ID, room.Reply{}, err, h.internal)
	if err == nil {
		reply = h.do(f, command)
	}
	status := http.StatusOK
	if reply.Error != nil {
		status = statusOf(reply.Error.Kind)
	}
	answer(w, status, reply)
}

// refuse answers a request that gets no further.
func (h *Hub) refuse(w http.ResponseWriter, err error) {
	reply := replyTo(uuid.Nil, room.Reply{}, err, h.internal)
	answer(w, statusOf(reply.Error.Kind), reply)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(words(body)) // the browser may have gone; nothing is left to tell it
}

var statuses = map[fault.Kind]int{
	fault.Invalid: http.StatusUnprocessableEntity, fault.Denied: http.StatusForbidden, fault.NotFound: http.StatusNotFound,
	fault.Conflict: http.StatusConflict, fault.Stale: http.StatusConflict, fault.SignedOut: http.StatusUnauthorized,
	fault.TooMany: http.StatusTooManyRequests, fault.TooLarge: http.StatusRequestEntityTooLarge, fault.Unavailable: http.StatusServiceUnavailable,
}

func statusOf(kind fault.Kind) int {
	if status, known := statuses[kind]; known {
		return status
	}
	return http.StatusInternalServerError
}
