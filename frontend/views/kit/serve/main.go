// Command serve shows the kit in a browser: go run ./frontend/views/kit/serve.
package main

import (
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"

	"github.com/a-h/templ"

	"quorate/frontend"
	"quorate/frontend/govuk"
	"quorate/frontend/views/kit"
	"quorate/frontend/views/layout"
)

func main() {
	addr := flag.String("addr", "localhost:0", "where to listen; port 0 takes a free one")
	flag.Parse()

	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http://%s/kit\n", listener.Addr())

	pages := http.NewServeMux()
	pages.Handle(frontend.AssetPath, frontend.Handler())
	pages.Handle("GET /kit", show(nil, nil))
	pages.Handle("GET /kit/errors", show(kit.Errors, nil))
	pages.Handle("GET /kit/done", show(nil, &layout.Flash{Kind: govuk.Success, Text: "The agenda is published"}))
	pages.Handle("POST /{where}", http.RedirectHandler("/kit/done", http.StatusSeeOther))
	log.Fatal(http.Serve(listener, pages))
}

func show(problems govuk.Errors, flash *layout.Flash) http.Handler {
	page := templ.Handler(kit.Page(layout.PageInfo{
		Title: "Kit", Section: "Building blocks",
		Person: &layout.Person{Key: "0190aaaa", Name: "Morgan Example", Roles: []string{"Chair of MAPaC"}},
		Demo: &layout.Demo{
			Cards:   []layout.DemoCard{{Value: "chair", Text: "Chair of MAPaC"}, {Value: "clerk", Text: "Clerk"}},
			Current: "chair", Mailbox: "/kit", Reset: "/demo/reset",
		},
		Nav: []govuk.NavItem{
			{Text: "Home", Href: "/kit", Current: true},
			{Text: "Meetings", Href: "/kit"},
			{Text: "Votes", Href: "/kit", Count: 3, CountOf: "votes waiting"},
			{Text: "Actions", Href: "/kit", Count: 12, CountOf: "overdue actions"},
			{Text: "Tracker", Href: "/kit"},
		},
		Errors: problems, Flash: flash, Marking: layout.OfficialSensitive, Live: true,
		Before: govuk.BackLink{Href: "/kit", Text: "Back to the meeting"},
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", frontend.ContentSecurityPolicy)
		page.ServeHTTP(w, r)
	})
}
