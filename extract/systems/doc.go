// Package systems knows publishing systems as data: how to recognise one from a
// page, how its addresses name an article, and where its pages keep title,
// meta line, body, attachments and list rows. The data are the YAML files
// beside this one; a new system is a new file and touches no Go code.
//
// The package matches rules against a parsed page. What the found elements
// mean is the business of package extract.
package systems
