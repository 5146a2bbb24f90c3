package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.PageBrowser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The live page of a real server in a real browser, below the path of a proxy. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageServerTest {

    private static final List<String> SINKS = List.of("api", "files");

    @TempDir
    Path folder;

    private PageBrowser browser;
    private SinksFixture fixture;
    private Server server;

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
    void start() {
        browser.reset(1280, 900);
        fixture = new SinksFixture(folder);
        server = fixture.start(SINKS, "admin.base-path=/decant");
    }

    @AfterEach
    void stop() {
        browser.block(List.of());
        server.close();
        fixture.close();
    }

    private void open() {
        browser.open("http://" + server.adminAddress() + "/decant");
        awaitLive();
    }

    private void awaitLive() {
        browser.await("document.getElementById('connection').textContent === 'Live'");
    }

    /** With nothing but its events: what the page asks for by itself fails. */
    @Test
    void shouldShowABatchWithinASecondOfItsDelivery() throws Exception {
        open();
        browser.watchBatches();
        browser.block(List.of("*/batches*", "*/history*", "*/status*"));
        SinksFixture.send(server, "apple\npear\napple\n");
        // On a machine that does much else it may take longer; without events it would never be.
        assertThat(browser.batchDelayMillis(1)).isLessThan(60_000);
        assertThat(browser.text("#completed tr")).startsWith("1").contains("3", "delivered");
    }

    /** It is told of the newest values, and does not ask for them. */
    @Test
    void shouldShowTheNewestSecondsWithoutAskingForThem() throws Exception {
        open();
        browser.block(List.of("*/history*"));
        SinksFixture.send(server, "apple\npear\napple\n");
        browser.await("/\\b3\\/s/.test(document.getElementById('panel-records').textContent)");
        assertThat(browser.text("#connection")).isEqualTo("Live");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void shouldShowThatASinkGoesDownAndComesBack() throws Exception {
        fixture.receiver("api").answer(503);
        open();
        SinksFixture.send(server, "apple\npear\napple\n");
        browser.await("document.getElementById('health').dataset.level === 'warning'");
        assertThat(browser.text("#sentence")).contains("api", "503");
        browser.await("document.querySelector('#sinks .badge').textContent === 'retrying'");
        assertThat(browser.text("#sinks tr")).contains("status 503", "3 records");
        browser.await("document.querySelector('#active tr').textContent.includes('api: delivering')");
        fixture.receiver("api").answer(200);
        browser.await("document.getElementById('health').dataset.level === 'ok'");
        browser.await("document.querySelector('#sinks .badge').dataset.level === 'ok'");
        browser.await("document.querySelectorAll('#completed tr').length === 1");
        browser.await("document.getElementById('changes').textContent.includes('Sink api: works')");
        assertThat(browser.text("#changes")).contains("Sink api: retrying: batch 1");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void shouldShowTheBucketsOfABatch() throws Exception {
        SinksFixture.send(server, "apple\npear\napple\nplum\napple\n");
        SinksFixture.awaitDelivered(server);
        open();
        browser.find("#completed a").click();
        browser.await("document.getElementById('bucket-words').textContent.startsWith('3 buckets')");
        assertThat(browser.value("location.pathname")).isEqualTo("/decant/");
        assertThat(browser.text("#batch-hottest")).isEqualTo("apple, 3 times");
        assertThat(browser.text("#batch-sinks")).contains("api", "files", "delivered");
        assertThat(browser.value(
                        "[...document.querySelectorAll('#bucket-rows tr')].map((row) => row.textContent).join(' ')"))
                .isEqualTo("03 11 21");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void shouldSendDeadLettersAgain() throws Exception {
        fixture.receiver("api").answer(422);
        SinksFixture.send(server, "apple\n");
        SinksFixture.awaitDelivered(server);
        open();
        browser.await("document.querySelectorAll('#letters tr').length === 1");
        assertThat(browser.text("#letters tr")).contains("refused by the receiver", "api", "1");
        fixture.receiver("api").answer(200);
        browser.find("#letters button").click();
        assertThat(browser.text("#replay-what")).contains("All dead letters of sink api with reason refused");
        browser.find("#replay-send").click();
        browser.await("document.getElementById('replay-cancel').textContent === 'Close'");
        assertThat(browser.text("#replay-answer")).contains("1 record is sent again: 1 to api");
        SinksFixture.awaitDelivered(server);
        browser.press(Keys.ESCAPE);
        browser.await("document.querySelector('#completed a')?.hash === '#batch/2'");
        assertThat(browser.text("#completed tr")).contains("delivered", "replay of dead letters");
        assertThat(browser.text("#completed tr:nth-child(2)")).doesNotContain("replay");
        browser.find("#completed a").click();
        browser.await("!document.getElementById('batch-content').hidden");
        assertThat(browser.text("#batch-where")).isEqualTo("in memory, a replay of dead letters");
        assertThat(browser.problems()).isEmpty();
    }

    @Test
    void shouldGoOnAfterARestart() throws Exception {
        SinksFixture.send(server, "apple\n");
        open();
        String address = server.adminAddress();
        server.close();
        browser.await("document.getElementById('sentence').textContent.startsWith('No response from the server')");
        server = fixture.start(SINKS, "admin.base-path=/decant", "admin.address=" + address);
        browser.await("document.getElementById('health').dataset.level === 'ok'");
        awaitLive();
        SinksFixture.send(server, "pear\n");
        browser.await("document.querySelector('#completed a')?.hash === '#batch/2'");
    }
}
