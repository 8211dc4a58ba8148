package main

// commands lists the command line, in the order in which help shows it.
func commands() []command {
	return []command{
		&backupCommand{},
		&crawlCommand{},
		&diffCommand{},
		&duplicatesCommand{},
		&exportCommand{},
		&extractCommand{},
		&fleetCommand{},
		&importCommand{},
		&logCommand{},
		&mergeCommand{},
		&rebuildCommand{},
		&recordCommand{},
		&reextractCommand{},
		&replayCommand{},
		&restoreCommand{},
		&searchCommand{},
		&serveCommand{},
		&showCommand{},
		&sitesCommand{},
		&statusCommand{},
		&verifyCommand{},
		&workerCommand{},
	}
}
