// Japanese.
import type { Words } from './words.ts';

export const ja: Words = {
  titles: {
    concert: ['{act} ライブ', '{act} {city}公演'],
    classical: ['{act}', '{act} 定期演奏会'],
    theatre: ['{act}', '{act} 新演出'],
    comedy: ['{act} お笑いの夜', '{act} ライブ'],
    dance: ['{act}', '{act} {city}公演'],
    family: ['{act} 親子で楽しむ舞台', '{act}'],
    talk: ['対談 {act}', '{act}'],
    sport: ['{act} {city}大会', '{act}'],
  },
  descriptions: {
    concert: '{act}がバンド編成で新曲と代表曲を演奏します。開場は開演の1時間前です。',
    classical: '{act}。開演30分前に曲目解説があります。休憩を含めて約2時間です。',
    theatre: '{act}を若い俳優たちが新しい演出で上演します。休憩はありません。',
    comedy: '{act}と過ごす笑いの夜。16歳以上におすすめします。',
    dance: '{act}。生演奏とともに上演します。終演後に出演者との対話があります。',
    family: '{act}。音楽と影絵の舞台です。4歳から楽しめます。',
    talk: '{act}。講演のあと質疑応答とサイン会があります。',
    sport: '{act}。開場は2時間前です。家族席があります。',
  },
};
