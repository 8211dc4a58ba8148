package main

// commands lists the command line, in the order in which help shows it.
func commands() []command {
	return []command{
		&backupCommand{},
		&crawlCommand{},
		&diffCommand{},
		&exportCommand{},
		&extractCommand{},
		&rebuildCommand{},
		&recordCommand{},
		&reextractCommand{},
		&replayCommand{},
		&searchCommand{},
		&showCommand{},
		&sitesCommand{},
		&statusCommand{},
		&verifyCommand{},
	}
}
