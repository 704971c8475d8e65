package access

// Words is the office as people say it.
func (o Office) Words() string {
	switch o {
	case Chair:
		return "Chair"
	case DeputyChair:
		return "Deputy chair"
	case Clerk:
		return "Clerk"
	case Member:
		return "Member"
	default:
		return ""
	}
}

// Words is the standing as people say it.
func (s Standing) Words() string {
	switch s {
	case Deciding:
		return "Deciding"
	case Advisory:
		return "Advisory"
	case InAttendance:
		return "In attendance"
	default:
		return ""
	}
}
