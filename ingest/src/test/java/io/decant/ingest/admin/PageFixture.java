package io.decant.ingest.admin;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/** One browser for a class, and for each test a stub of a server, so that what the page shows is the same each time. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class PageFixture {

    PageBrowser browser;
    PageStub server;

    @BeforeAll
    void startBrowser() throws IOException {
        browser = PageBrowser.start();
    }

    @AfterAll
    void stopBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new PageStub("");
        browser.reset(1280, 900);
    }

    @AfterEach
    void stop() {
        browser.block(List.of());
        server.close();
    }

    void openLive(PageStub stub) {
        browser.open(stub.url());
        browser.await("document.getElementById('connection').textContent === 'Live'");
    }

    void openFirstBatch() {
        browser.value("(location.hash = document.querySelector('#completed a').hash)");
        browser.await("!document.getElementById('batch-content').hidden");
        browser.await("document.getElementById('bucket-words').textContent");
    }

    /** Pixels of the line's own colour on a canvas, between two shares of its width. */
    long linePixels(String box, double from, double to) {
        return browser.number("""
                (() => {
                  const canvas = document.querySelector(arguments[0] + " canvas");
                  const hex = getComputedStyle(document.documentElement).getPropertyValue("--line").trim();
                  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
                  const left = Math.floor(arguments[1] * canvas.width);
                  const width = Math.floor((arguments[2] - arguments[1]) * canvas.width);
                  const pixels = canvas.getContext("2d").getImageData(left, 0, width, canvas.height).data;
                  let found = 0;
                  for (let at = 0; at < pixels.length; at += 4) {
                    const near = (value, wanted) => Math.abs(value - wanted) < 24;
                    if (near(pixels[at], red) && near(pixels[at + 1], green) && near(pixels[at + 2], blue)
                        && pixels[at + 3] > 128) {
                      found++;
                    }
                  }
                  return found;
                }).apply(null, arguments)""", box, from, to);
    }
}
