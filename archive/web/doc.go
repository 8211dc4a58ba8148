// Package web is the reading room: the pages and the JSON interface by which people and
// programs search and read an archive over HTTP.
//
// It only reads. It knows package archive, HTML and HTTP, and refuses to know SQL, the command line
// and the network beyond the connections it is given: it never makes a request of its own, and no page it
// makes has a browser ask any other host. Articles and captures are hostile input: what they
// hold is escaped, cut down to an allowlist, or sent as a file that is only saved.
//
// A Room is an http.Handler. Pages are html/template, in templates/, and work without scripts;
// static/enhance.js adds what is convenient. Everything is embedded.
package web
