"""What a news crawl is in Scrapy, for BenchmarkScrapy: follow the lists, keep title, date, people and text of each article.

    scrapy runspider news.py -a root=http://127.0.0.1:8000 -O articles.jl
"""

import scrapy


class News(scrapy.Spider):
    name = "news"
    custom_settings = {
        "LOG_LEVEL": "WARNING",
        "TELNETCONSOLE_ENABLED": False,
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 32,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 32,
        "REQUEST_FINGERPRINTER_IMPLEMENTATION": "2.7",
    }

    def __init__(self, root, **kwargs):
        super().__init__(**kwargs)
        self.start_urls = [root + "/"]

    def parse(self, response):
        if "/info/" in response.url:
            yield {
                "url": response.url,
                "title": response.css("h2::text").get(),
                "meta": response.css(".meta::text").get(),
                "body": "\n".join("".join(p.css("::text").getall()) for p in response.css(".v_news_content p")),
            }
            return
        yield from response.follow_all(response.css("a[href]"), self.parse)
