package io.decant.ingest.sink.body;

/**
 * How far a part reaches, and what its body carries.
 *
 * @param end ordinal after the part's last record
 * @param carried records in the body; the others of the part are {@link PartBody#uncarried}
 * @param bodyBytes length of the body; 0 where it carries nothing
 */
public record Extent(long end, long carried, long bodyBytes) {}
