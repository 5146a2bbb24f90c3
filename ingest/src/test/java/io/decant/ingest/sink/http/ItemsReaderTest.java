package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.Items;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ItemsReaderTest {

    private static final String ANSWER = """
             {"took":3, "errors" : true, "nested":{"items":[{"status":500}],"errors":false},
              "items":[ {"status":201}, {"error":{"status":1,"why":["é",[{}]]},"status":422 , "x":null},
                        {"status":429}], "tail":[[1.5e3]]}
            """;

    @Test
    void shouldFindTheStatusOfEachItemAndTheTextOfTheRefusedOnes() {
        Items items = read(ANSWER);

        assertThat(items.broken()).isEmpty();
        assertThat(statuses(items)).containsExactly(201, 422, 429);
        assertThat(items.text(0)).isEmpty();
        assertThat(items.text(1))
                .isEqualTo("{\"error\":{\"status\":1,\"why\":[\"é\",[{}]]},\"status\":422 , \"x\":null}");
        assertThat(items.text(2)).isEqualTo("{\"status\":429}");
    }

    @Test
    void shouldReadTheSameHoweverTheAnswerComesInPieces() {
        byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
        Items whole = read(ANSWER);

        for (int split = 0; split <= answer.length; split++) {
            assertThat(read(List.of(Arrays.copyOf(answer, split), Arrays.copyOfRange(answer, split, answer.length))))
                    .isEqualTo(whole);
        }
        List<byte[]> singles = new ArrayList<>();
        for (byte b : answer) {
            singles.add(new byte[] {b});
        }
        assertThat(read(singles)).isEqualTo(whole);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "thanks",
                "[{\"errors\":true,\"items\":[{\"status\":500}]}]",
                "{}",
                "{\"errors\":false,\"items\":[{\"status\":500}]}",
                "{\"items\":[{\"status\":200},{\"status\":201}]}",
                "{\"items\":[{\"id\":7},{\"id\":8}]}",
                "{\"items\":[7,8]}",
                "{\"items\":[{\"move\":{\"status\":500}}]}",
                "{\"errors\":null}",
                "{\"errors\":0}",
                "{\"errors\":\"\",\"items\":[{\"status\":500}]}",
                "{\"errors\":[],\"items\":[]}",
                "{\"errors\":{}}",
                "{\"x\":{\"errors\":true,\"items\":[]}}",
                "{\"errors\":false,\"items\":[{}",
                "{\"took\":NaN}",
                "{\"a\":nope}",
                "{{ok}}",
                "<html>errors</html>"
            })
    void shouldTakeNoInterestInAnAnswerThatSaysNoErrors(String answer) {
        assertThat(read(answer)).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"errors":true} | the answer says errors and has no items
            {"errors":true,"items":null} | the answer says errors and has no items
            {"errors":true,"items":[{"status":200},{"state":200}]} | item 1 of the answer has no status
            {"errors":true,"items":[{"status":"200"}]} | item 0 of the answer has no status
            {"errors":true,"items":[{"status":99}]} | item 0 of the answer has no status
            {"errors":true,"items":[{"status":1000}]} | item 0 of the answer has no status
            {"errors":true,"items":[{"status":20000000000}]} | item 0 of the answer has no status
            {"errors":true,"items":[{"status":200},[[{"status":200}]],{"status":200}]} | item 1 of the answer is not an object
            {"errors":true,"items":[200]} | item 0 of the answer is not an object
            {"items":[200],"errors":true} | item 0 of the answer is not an object
            {"errors":true,"items":[{"status":200},  | the answer ends in the middle of its items
            {"errors":true, | the answer ends in the middle of its items
            {"items":[{"status":422},{"sta | the answer ends in the middle of its items
            {"errors":true,"items":[{"status":200},?] | the answer is not JSON, or has a text that is too long, at byte 40
            {"items":[{"status":200},{"status":2 | the answer ends in the middle of its items
            {"items":[ | the answer ends in the middle of its items
            {"items":[{"status":422},?] | the answer is not JSON, or has a text that is too long, at byte 26
            {"errors":"true","items":[{"status":400}]} | the answer says errors, and neither true nor false
            {"errors":"false"} | the answer says errors, and neither true nor false
            {"errors":1} | the answer says errors, and neither true nor false
            {"errors":0.5} | the answer says errors, and neither true nor false
            {"errors":[{"message":"no"}],"data":null} | the answer says errors, and neither true nor false
            {"errors":[[]]} | the answer says errors, and neither true nor false
            {"errors":{"name":"taken"}} | the answer says errors, and neither true nor false
            {"errors":[ | the answer ends in the middle of its items
            {"error | the answer ends in the middle of its items
            {"took":3, | the answer ends in the middle of its items
            {"errors":true,"items":[{"status":422}],"items":[{"status":201}]} | the answer has items twice
            {"errors":true,"items":[{"status":201}],"items":true} | the answer has items twice
            {"items":true,"items":[{"status":400}]} | the answer has items twice
            {"errors":true,"items":[{"status":422,"status":201}]} | item 0 of the answer has two statuses
            {"errors":true,"items":[{"status":201,"index":{"status":400}}]} | item 0 of the answer has two statuses
            {"errors":true,"items":[{"index":{"_id":"1"}}]} | item 0 of the answer has no status
            {"errors":true,"items":[{"index":{"error":{"status":400}}}]} | item 0 of the answer has no status
            {"errors":true,"items":[{"index":[{"status":400}]}]} | item 0 of the answer has no status
            {'errors': True, 'items': [{'status': 400}]} | the answer is not JSON, or has a text that is too long, at byte 2
            {"took":nope,"errors":true,"items":[{"status":400}]} | the answer is not JSON, or has a text that is too long, at byte 13
            """)
    void shouldSayThatItemsAreBroken(String answer, String why) {
        Items items = read(answer);

        assertThat(items.broken()).isEqualTo(why);
        assertThat(items.count()).isZero();
    }

    /** Whether it goes on with errors is not known; taken for delivered, a refused record would be lost. */
    @Test
    void shouldNotTakeForDeliveredWhatItStoppedReading() {
        ItemsReader reader = new ItemsReader();
        reader.feed("{\"items\":[{\"status\":201},{\"status\":422,\"error\":\"".getBytes(StandardCharsets.UTF_8));
        byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        while (reader.interested()) {
            reader.feed(piece);
        }
        reader.feed("\"}],\"errors\":true}".getBytes(StandardCharsets.UTF_8));

        assertThat(reader.end().broken()).startsWith("the answer is not JSON, or has a text that is too long");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errors\":true,\"items\":[{\"status\":422}],\"errors\":false}",
                "{\"errors\":false,\"items\":[{\"status\":422}],\"errors\":true}",
                "{\"items\":[{\"status\":422}],\"errors\":true}",
                "{\"items\":[{\"status\":422}]}",
                "{\"took\":NaN,\"errors\":true,\"items\":[{\"status\":422,\"score\":-Infinity}]}",
                " \n\t{ \"x\":{\"errors\":false}, \"errors\" :\n true , \"items\":[ {\"status\" : 422 } ] } trailing"
            })
    void shouldHearOfErrorsWhereverTheyAreSaid(String answer) {
        assertThat(statuses(read(answer))).containsExactly(422);
    }

    @Test
    void shouldReadTheItemsOfElasticsearchsBulkApi() {
        String answer = "{\"took\":3,\"errors\":true,\"items\":["
                + "{\"index\":{\"_index\":\"logs\",\"_id\":\"1\",\"status\":400,"
                + "\"error\":{\"type\":\"mapper_parsing_exception\",\"reason\":\"failed\",\"status\":1}}},"
                + "{\"create\":{\"_shards\":{\"total\":2,\"status\":503},\"status\":201}},"
                + "{\"update\":{\"status\":409}},{\"delete\":{\"status\":404}},{\"status\":422}]}";
        Items items = read(answer);

        assertThat(items.broken()).isEmpty();
        assertThat(statuses(items)).containsExactly(400, 201, 409, 404, 422);
        assertThat(items.text(0)).startsWith("{\"index\":{\"_index\":\"logs\"").contains("mapper_parsing_exception");
        assertThat(items.text(1)).isEmpty();
        assertThat(items.text(3)).isEqualTo("{\"delete\":{\"status\":404}}");
    }

    /** What it would have said on is not known. */
    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "{", "{\"log\":[", "{'"})
    void shouldNotTakeForDeliveredWhatIsTooLongToBeRead(String answer) {
        ItemsReader reader = new ItemsReader();
        reader.feed(answer.getBytes(StandardCharsets.UTF_8));

        assertThat(reader.interested()).isTrue();
        assertThat(reader.cut().broken()).isNotEmpty();
    }

    @Test
    void shouldSayThatAnAnswerWasTooLong() {
        ItemsReader reader = new ItemsReader();
        reader.feed("{\"errors\":true,\"items\":[".getBytes(StandardCharsets.UTF_8));

        assertThat(reader.interested()).isTrue();
        assertThat(reader.cut()).isEqualTo(Items.broken("the answer is too long to be read, at byte 24"));
    }

    @Test
    void shouldTakeNoInterestInWhatFollowsTheAnswer() {
        ItemsReader reader = new ItemsReader();
        reader.feed("{\"errors\":true,\"items\":[{\"status\":422}]}".getBytes(StandardCharsets.UTF_8));

        assertThat(reader.interested()).isFalse();
        reader.feed("??".getBytes(StandardCharsets.UTF_8));
        assertThat(statuses(reader.end())).containsExactly(422);
    }

    @Test
    void shouldKeepLittleOfManyAndLongItems() {
        String item = "{\"said\":\"" + "x".repeat(10_000) + "\",\"status\":422}";
        int count = 5_000;
        ItemsReader reader = new ItemsReader();
        reader.feed("{\"errors\":true,\"items\":[".getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < count; i++) {
            reader.feed((i == 0 ? item : "," + item).getBytes(StandardCharsets.UTF_8));
        }
        reader.feed("]}".getBytes(StandardCharsets.UTF_8));
        Items items = reader.end();

        assertThat(items.count()).isEqualTo(count);
        assertThat(items.text(0)).isEqualTo(item.substring(0, Items.TEXT_BYTES_MAX));
        assertThat(items.text(count - 1)).isEmpty();
        assertThat(IntStream.range(0, count)
                        .mapToLong(i -> items.text(i).length())
                        .sum())
                .isBetween((long) Items.TEXTS_CHARS_MAX, Items.TEXTS_CHARS_MAX + (long) Items.TEXT_BYTES_MAX);
    }

    @Test
    void shouldNotKeepATextWithoutEnd() {
        ItemsReader reader = new ItemsReader();
        reader.feed("{\"errors\":true,\"text\":\"".getBytes(StandardCharsets.UTF_8));
        byte[] piece = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        long fed = 0;
        while (reader.interested()) {
            reader.feed(piece);
            fed += piece.length;
        }

        assertThat(fed).isLessThanOrEqualTo(2L * ItemsReader.STRING_CHARS_MAX);
        assertThat(reader.end().broken()).startsWith("the answer is not JSON, or has a text that is too long");
    }

    @Property
    void shouldReadWhateverStatusesThereAre(@ForAll("statuses") List<Integer> statuses) {
        String items =
                statuses.stream().map(status -> "{\"status\":" + status + "}").collect(Collectors.joining(","));

        assertThat(statuses(read("{\"errors\":true,\"items\":[" + items + "]}")))
                .isEqualTo(statuses);
    }

    @Property
    void shouldSurviveAnAnswerThatIsSpoiledAnywhere(@ForAll byte[] spoiler, @ForAll int at) {
        byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
        int place = Math.floorMod(at, answer.length);
        Items items =
                read(List.of(Arrays.copyOf(answer, place), spoiler, Arrays.copyOfRange(answer, place, answer.length)));

        assertThat(items == null || !items.broken().isEmpty() || items.count() > 0)
                .isTrue();
    }

    @Test
    void shouldNotTakeAnAnswerThatIsNoJsonForASuccessWhereverItsPiecesEnd() {
        byte[] answer = "{\"errors\": True, \"items\": [{\"status\": 400}]}".getBytes(StandardCharsets.UTF_8);
        for (int place = 0; place <= answer.length; place++) {
            Items items = read(List.of(Arrays.copyOf(answer, place), Arrays.copyOfRange(answer, place, answer.length)));
            assertThat(items).as("in two pieces, the first of %s bytes", place).isNotNull();
            assertThat(items.broken()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"items\":[{\"status\":201},]}",
                "{\"items\":[{\"status\":201}], \n }",
                "{\"items\":[{\"status\":201,\r\n\t}]}",
                "{\"items\":[{\"status\":201}],\"why\":\"a,\",}"
            })
    void shouldNotTakeACommaBeforeABracketForJsonWhereverItsPiecesEnd(String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        for (int split = 0; split <= bytes.length; split++) {
            Items items = read(List.of(Arrays.copyOf(bytes, split), Arrays.copyOfRange(bytes, split, bytes.length)));
            assertThat(items).as("split at %d", split).isNotNull();
            assertThat(items.broken()).as("split at %d", split).isNotEmpty();
        }
    }

    @Test
    void shouldHearOfARefusalBehindAnItemThatCannotBeReadThoughTheAnswerDoesNotSpeakOfErrors() {
        assertThat(read("{\"items\":[{\"_id\":\"a\"},{\"status\":400}]}").broken())
                .isNotEmpty();
        assertThat(read("{\"items\":[{\"status\":201,\"index\":{\"status\":400}}]}")
                        .broken())
                .isNotEmpty();
        assertThat(read("{\"items\":[{\"_id\":\"a\"},{\"status\":200}]}")).isNull();
    }

    @Provide
    Arbitrary<List<Integer>> statuses() {
        return Arbitraries.integers().between(100, 999).list().ofMaxSize(100);
    }

    private static List<Integer> statuses(Items items) {
        return IntStream.range(0, items.count()).mapToObj(items::status).toList();
    }

    private static Items read(String answer) {
        return read(List.of(answer.getBytes(StandardCharsets.UTF_8)));
    }

    private static Items read(List<byte[]> pieces) {
        ItemsReader reader = new ItemsReader();
        pieces.forEach(reader::feed);
        return reader.end();
    }
}
