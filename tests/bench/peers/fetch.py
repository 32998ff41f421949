"""fetch.py - pages by a peer: fetch.py aiohttp|scrapy PREFIX COUNT TRANSFERS asks for PREFIX0.html, PREFIX1.html, ...

Prints JSON: pages, bytes, wall and CPU seconds, from after its imports on.
"""
import json
import sys
import time


def with_aiohttp(urls, transfers):
    import aiohttp
    import asyncio
    began = time.time(), time.process_time()
    left, got = iter(urls), [0, 0]

    async def worker(session):
        for url in left:
            async with session.get(url) as response:
                body = await response.read()
                got[0] += response.status == 200
                got[1] += len(body)

    async def everything():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=transfers)) as session:
            await asyncio.gather(*(worker(session) for _ in range(transfers)))
    asyncio.run(everything())
    return began, got


def with_scrapy(urls, transfers):
    import scrapy
    from scrapy.crawler import CrawlerProcess
    began = time.time(), time.process_time()
    got = [0, 0]

    class Pages(scrapy.Spider):
        name = "pages"
        start_urls = urls

        def parse(self, response):
            got[0] += response.status == 200
            got[1] += len(response.body)
    process = CrawlerProcess({"CONCURRENT_REQUESTS": transfers, "CONCURRENT_REQUESTS_PER_DOMAIN": transfers, "ROBOTSTXT_OBEY": True,
                              "DOWNLOAD_DELAY": 0, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "RETRY_ENABLED": True})
    process.crawl(Pages)
    process.start()
    return began, got


def main():
    name, prefix, count, transfers = sys.argv[1:5]
    urls = ["%s%d.html" % (prefix, i) for i in range(int(count))]
    began, got = {"aiohttp": with_aiohttp, "scrapy": with_scrapy}[name](urls, int(transfers))
    print(json.dumps({"pages": got[0], "bytes": got[1], "wall": time.time() - began[0], "cpu": time.process_time() - began[1]}))


main()
