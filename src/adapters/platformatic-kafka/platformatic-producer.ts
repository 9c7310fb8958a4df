// The producer of @platformatic/kafka: idempotent, one send in flight.
import { Producer, ProduceAcks, type BaseOptions } from '@platformatic/kafka';
import { feedUnavailable } from '../kafka/kafka-fault.ts';
import type { Sender } from '../kafka/sending-publisher.ts';

/** Long enough to outlast a change of leader, short enough for a lease to be given up in time. */
const RETRIES = 12;
const RETRY_MS_MAX = 1_000;

export async function openSender(base: BaseOptions, topic: string): Promise<Sender> {
  const bytes = (text?: string): Buffer | undefined => (text === undefined ? undefined : Buffer.from(text));
  const producer = new Producer({
    ...base,
    idempotent: true,
    maxInflights: 1,
    acks: ProduceAcks.ALL,
    autocreateTopics: false,
    retries: RETRIES,
    retryDelay: (_client, _operation, attempt) => Math.min(50 * 2 ** attempt, RETRY_MS_MAX),
    serializers: { key: bytes, value: bytes, headerKey: bytes, headerValue: bytes },
  });
  const close = (): Promise<void> => producer.close(true).catch(() => {});
  try {
    await producer.initIdempotentProducer({});
  } catch (error) {
    await close();
    throw feedUnavailable('be reached', error);
  }
  return {
    async send(messages) {
      const { offsets = [] } = await producer.send({
        messages: messages.map((message) => ({ topic, ...message })),
      });
      return offsets.map(({ partition, offset }) => ({ partition, baseOffset: Number(offset) }));
    },
    close,
  };
}
