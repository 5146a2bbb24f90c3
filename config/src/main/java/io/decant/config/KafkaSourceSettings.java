package io.decant.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A source of {@code type: kafka}.
 *
 * @param bootstrapServers where the cluster is found, at least one
 * @param topics at least one
 * @param partitions numbers, the same in each topic; empty: all, those that are added later included
 * @param groupId whom offsets are committed for
 * @param start for partitions of which neither the journal nor the broker has an offset
 * @param maxRecord the longest record: key, value and headers together
 * @param properties handed through to the client, in file order
 */
public record KafkaSourceSettings(
        List<HostPort> bootstrapServers,
        List<String> topics,
        List<Integer> partitions,
        String groupId,
        PartitionAssignment assignment,
        StartOffset start,
        OnLostOffset onLostOffset,
        OnCorrupt onCorrupt,
        DataSize maxRecord,
        Map<String, PropertyValue> properties)
        implements SourceSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "kafka";

    private static final String OWN_BUSINESS = "remove it: Decant decides this itself";
    private static final Pattern PROPERTY = Pattern.compile("[A-Za-z0-9._-]{1,256}");
    /** Properties that cannot be set, and what to do instead. */
    private static final Map<String, String> TAKEN_PROPERTIES = Map.of(
            "bootstrap.servers", "use the key bootstrap-servers of the source",
            "group.id", "use the key group-id of the source",
            "auto.offset.reset", "use the keys start and on-lost-offset of the source",
            "enable.auto.commit", OWN_BUSINESS,
            "allow.auto.create.topics", OWN_BUSINESS,
            "key.deserializer", OWN_BUSINESS,
            "value.deserializer", OWN_BUSINESS,
            "group.protocol", OWN_BUSINESS);

    private static final SectionKeys<KafkaSourceSettings> KEYS = SectionKeys.of(KafkaSourceSettings.class);

    static final Setting<KafkaSourceSettings, List<HostPort>> BOOTSTRAP_SERVERS = KEYS.required(
            new ScalarType<>(
                    "an address",
                    "`host:port,...`",
                    KafkaSourceSettings::parseServers,
                    KafkaSourceSettings::printServers,
                    servers -> {},
                    text -> text),
            "Addresses of one or several brokers of the cluster, separated by commas, without a protocol.");

    static final Setting<KafkaSourceSettings, List<String>> TOPICS = KEYS.required(
            new ListType<>(
                    Types.text(
                            "1 to 249 of `A-Za-z0-9._-`",
                            Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,249}"),
                            () -> new InvalidValue(
                                    "is not the name of a topic", "write 1 to 249 of A-Z a-z 0-9 . _ -")),
                    "a list of topics",
                    ""),
            "The topics, e.g. `[clicks, orders]`. Decant waits for a topic that does not exist yet.");

    static final Setting<KafkaSourceSettings, List<Integer>> PARTITIONS = KEYS.optional(
            new ListType<>(Types.wholeNumber(0, 1_000_000), "a list of whole numbers", "all"),
            List.of(),
            "`all`, including those that are added later, or the numbers of some, e.g. `[0, 1]`; only with"
                    + " `assignment: own`.");

    static final Setting<KafkaSourceSettings, String> GROUP_ID = KEYS.optional(
            Types.text(
                    "1 to 255 printable characters",
                    Pattern.compile("[!-~]{1,255}"),
                    () -> new InvalidValue("is not a group id", "write 1 to 255 characters of printable ASCII")),
            "decant",
            "The consumer group for which offsets are committed, after the sync. With `assignment: own`"
                    + " these offsets are used only by tools that show the lag, and by a new journal.");

    static final Setting<KafkaSourceSettings, PartitionAssignment> ASSIGNMENT = KEYS.optional(
            Types.choice(PartitionAssignment.class),
            PartitionAssignment.OWN,
            "`own`: reads the partitions named here, each record once. `group`: shares the topics with the other"
                    + " members of the group; when a member dies, what it had read last is read again by another.");

    static final Setting<KafkaSourceSettings, StartOffset> START = KEYS.optional(
            Types.choice(StartOffset.class),
            StartOffset.EARLIEST,
            "Where to start reading a partition for which neither the journal nor the broker has an"
                    + " offset. A partition that is found later, or was recreated, is read from its beginning.");

    static final Setting<KafkaSourceSettings, OnLostOffset> ON_LOST_OFFSET = KEYS.optional(
            Types.choice(OnLostOffset.class),
            OnLostOffset.FAIL,
            "What to do when the broker has deleted the next records. `fail`: stop reading the partition"
                    + " and show it in `/status`; `earliest`, `latest`: continue there, and log how many records were"
                    + " lost.");

    static final Setting<KafkaSourceSettings, OnCorrupt> ON_CORRUPT = KEYS.optional(
            Types.choice(OnCorrupt.class),
            OnCorrupt.FAIL,
            "What to do with a record that cannot be read, because its checksum is wrong or it cannot be"
                    + " decompressed. `fail`: stop reading the partition and show the offset in `/status`; `skip`:"
                    + " continue after it. The checksum covers a whole batch, so the other records of the batch are"
                    + " skipped too. They are counted and logged.");

    /** An eighth of the largest segment: see {@link Consistency}. */
    static final Setting<KafkaSourceSettings, DataSize> MAX_RECORD = KEYS.optional(
            Types.size("1KiB", "128MiB"),
            DataSize.ofMebibytes(16),
            "The longest record: key, value and headers together. At a longer one, Decant stops reading"
                    + " the partition and shows it in `/status`.");

    static final Setting<KafkaSourceSettings, Map<String, PropertyValue>> PROPERTIES = KEYS.optional(
            new PropertiesType("property names and values", KafkaSourceSettings::checkProperty),
            Map.of(),
            "Passed to Kafka's consumer, e.g. `security.protocol: SASL_SSL`, `isolation.level` (by default"
                    + " `read_committed`). A value that came from a variable, or whose name contains password,"
                    + " secret, token, key or JAAS, is never shown.");

    static final Section<KafkaSourceSettings> SECTION = KEYS.section();

    static final ComponentType<KafkaSourceSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "kafka.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public KafkaSourceSettings {
        bootstrapServers = List.copyOf(bootstrapServers);
        topics = List.copyOf(topics);
        partitions = List.copyOf(partitions);
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
        BOOTSTRAP_SERVERS.check(bootstrapServers);
        TOPICS.check(topics);
        PARTITIONS.check(partitions);
        GROUP_ID.check(groupId);
        ASSIGNMENT.check(assignment);
        START.check(start);
        ON_LOST_OFFSET.check(onLostOffset);
        ON_CORRUPT.check(onCorrupt);
        MAX_RECORD.check(maxRecord);
        PROPERTIES.check(properties);
    }

    @Override
    public String type() {
        return TYPE;
    }

    /** Which partitions a member of a group has is for the group to say. */
    @Override
    public List<Conflict> conflicts(String path, JournalSettings journal) {
        if (assignment != PartitionAssignment.GROUP || partitions.isEmpty()) {
            return List.of();
        }
        return List.of(Conflict.of(
                path + ".partitions",
                partitions,
                path + ".assignment",
                "group",
                "does not fit: with assignment: group the partitions are shared among the members",
                "remove partitions, or set assignment: own"));
    }

    /** Where the cluster is found, as it is written in the settings. */
    public String servers() {
        return printServers(bootstrapServers);
    }

    /** A text of Kafka's without the values of properties that must not show: its messages quote what they refuse. */
    public String hideSecrets(String text) {
        String shown = text;
        for (PropertyValue property : properties.values()) {
            if (property.secret() && !property.value().isEmpty()) {
                shown = shown.replace(property.value(), Secret.HIDDEN);
            }
        }
        return shown;
    }

    private static String printServers(List<HostPort> servers) {
        return servers.stream().map(HostPort::toString).collect(Collectors.joining(","));
    }

    private static List<HostPort> parseServers(String text) {
        if (text.contains("://")) {
            throw new InvalidValue(
                    "has a protocol before an address",
                    "write host:port alone, and set security.protocol in the section properties");
        }
        return Stream.of(text.split(",", -1))
                .map(String::strip)
                .map(HostPort::parse)
                .toList();
    }

    private static void checkProperty(String name) {
        if (!PROPERTY.matcher(name).matches()) {
            throw new InvalidValue("is not the name of a property", "write e.g. security.protocol");
        }
        String wayOut = TAKEN_PROPERTIES.get(name);
        if (wayOut != null) {
            throw new InvalidValue("is not set here", wayOut);
        }
    }
}
