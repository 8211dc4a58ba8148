-- What a site's click counter answers names articles by the counter's own number.
CREATE INDEX articles_clicks ON articles (site, click_id) WHERE click_id IS NOT NULL;
