package page

import "time"

// Shares is the part of a case's page, {{template "part/shares" .Shares}}, with
// which a guider lets supervisors see the case for a time.
type Shares struct {
	Case        string
	Supervisors []string // names of those it can be shared with
	With        []Share
	First, Last time.Time // days on which a share may end
	Usual       time.Time // the day that is proposed
}

// Share is somebody who may see a case.
type Share struct {
	Account string
	Name    string
	Last    time.Time // the last day
}
