package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A stream of prices of articles, some of them hot. An article's n-th price is n, so that it says which one it is. */
final class PriceStream {

    private static final int HOT_PERCENT = 10;
    private static final int HOT_ARTICLES = 2;
    private static final int ARTICLES = 2_000;

    private final List<byte[]> records = new ArrayList<>();
    private final Map<String, Integer> latest = new TreeMap<>();

    PriceStream(Random random, int count) {
        for (int i = 0; i < count; i++) {
            String id = "article-" + random.nextInt(random.nextInt(100) < HOT_PERCENT ? HOT_ARTICLES : ARTICLES);
            int price = latest.merge(id, 1, Integer::sum);
            records.add("{\"id\":\"%s\",\"price\":%d}".formatted(id, price).getBytes(UTF_8));
        }
    }

    List<byte[]> records() {
        return records;
    }

    /** The stream as JSON arrays of so many records each, cut by count and nothing else. */
    List<String> plainBatches(int size) {
        List<String> batches = new ArrayList<>();
        for (int from = 0; from < records.size(); from += size) {
            List<String> batch = records.subList(from, Math.min(from + size, records.size())).stream()
                    .map(record -> new String(record, UTF_8))
                    .toList();
            batches.add("[" + String.join(",", batch) + "]");
        }
        return batches;
    }

    /** The last price of each article. */
    Map<String, Integer> latest() {
        return latest;
    }

    /** Every price of each article, in order. */
    Map<String, List<Integer>> history() {
        Map<String, List<Integer>> history = new TreeMap<>();
        latest.forEach((id, last) -> {
            List<Integer> prices = new ArrayList<>();
            for (int price = 1; price <= last; price++) {
                prices.add(price);
            }
            history.put(id, prices);
        });
        return history;
    }
}
