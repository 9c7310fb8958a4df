// The producer of kafkajs: idempotent, one send in flight.
import { CompressionTypes, type Kafka } from 'kafkajs';
import { feedUnavailable } from './kafka-fault.ts';
import type { Sender } from './sending-publisher.ts';

const ALL_IN_SYNC = -1;
/** Long enough to outlast a change of leader, short enough for a lease to be given up in time. */
const RETRIES = { retries: 12, initialRetryTime: 50, maxRetryTime: 1_000 };

export async function openSender(kafka: Kafka, topic: string): Promise<Sender> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: RETRIES,
  });
  const close = (): Promise<void> => producer.disconnect().catch(() => {});
  try {
    await producer.connect();
  } catch (error) {
    await close();
    throw feedUnavailable('be reached', error);
  }
  return {
    async send(messages) {
      const acknowledged = await producer.send({
        topic,
        messages,
        acks: ALL_IN_SYNC,
        compression: CompressionTypes.None,
      });
      return acknowledged.map(({ partition, baseOffset }) => ({
        partition,
        baseOffset: Number(baseOffset ?? -1),
      }));
    },
    close,
  };
}
