// Package browser holds no code: its tests use the reading room as people do, in a real browser, against the real program
// serving an archive of the fixture site. One file a story.
//
// They need chromium and, for what keeps people out, axe-core:
//
//	apt-get install -y chromium fonts-noto-cjk
//	npm ci --prefix archive/web/browser
//
// They run with CAMPUSNEWS_BROWSER=1, as in CI, and then fail without these. CAMPUSNEWS_SHOTS=FOLDER keeps a
// picture of every page looked at. CHROMIUM names another browser.
package browser
